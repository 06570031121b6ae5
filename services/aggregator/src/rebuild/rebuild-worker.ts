/**
 * Does what is asked for on `webhook.rebuilds`, in the partitions that this process owns, one after
 * the other. A request that the owner before has not answered to its end is done from its beginning:
 * doing it twice changes nothing.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { RebuildAnswer, RebuildRequest } from '@hookpulse/common/windows/rebuild';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { answerToMessage } from '@hookpulse/topic-tables/rebuilds/rebuild-message';
import { followRebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import type { PartitionOwner } from '../partition-owner.ts';
import { answerOf, NOTHING_DONE } from './answer.ts';
import { RebuildFailedError } from './patience.ts';
import { PartitionLostError } from './piece-outcome.ts';
import type { LivePartition } from './rebuild-live-piece.ts';
import { type RebuildTally, rebuildPartition } from './rebuild-partition.ts';
import type { RebuildStore } from './rebuild-store.ts';

export interface RebuildWorkerDeps {
  readonly log: Pick<EventLog, 'follow' | 'publish' | 'ranges'>;
  readonly store: RebuildStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** By partition, those that this process owns now. */
  readonly owners: ReadonlyMap<number, PartitionOwner>;
  /** Stores all that was folded and replaced. */
  flush(): Promise<void>;
}

export interface RebuildWorker {
  /** To be called when partitions were assigned. */
  wake(): void;
  /** Gives up what is under way, for the next owner to do. */
  close(): Promise<void>;
}

const RETRY_PAUSE_MS = 2_000;
/** Often enough for a progress bar. */
const PROGRESS_INTERVAL_MS = 1_000;

interface Job {
  readonly request: RebuildRequest;
  readonly partition: number;
  readonly owner: PartitionOwner;
}

export function startRebuildWorker(deps: RebuildWorkerDeps): RebuildWorker {
  const stopping = new AbortController();
  const { signal } = stopping;
  /** Answered by this process, though perhaps not come back from the log yet. */
  const answered = new Set<string>();
  let awake = Promise.withResolvers<void>();
  const wake = () => awake.resolve();
  signal.addEventListener('abort', wake);
  const rebuilds = followRebuilds({ log: deps.log, logger: deps.logger });
  rebuilds.onChange(wake);
  const done = work().catch((error: unknown) => {
    deps.logger.error({ err: error }, 'this process no longer carries out rebuild requests');
  });
  return {
    wake,
    async close() {
      stopping.abort(new Error('the aggregator is stopping'));
      await rebuilds.close();
      await done;
    },
  };

  async function work(): Promise<void> {
    if (!(await rebuilds.opened)) return;
    while (!signal.aborted) {
      const job = nextJob();
      if (job) await doJob(job);
      else await awake.promise;
      // What came meanwhile is looked for before it is waited again.
      awake = Promise.withResolvers();
    }
  }

  function nextJob(): Job | null {
    const nowMs = deps.clock.now();
    for (const { request, answers } of rebuilds.list()) {
      // One that was begun in time is brought to its end, however long that takes.
      if (answers.length === 0 && Date.parse(request.expires_at) < nowMs) continue;
      for (const [partition, owner] of deps.owners) {
        const answer = answers.find((one) => one.partition === partition);
        const isAnswered = answer !== undefined && answer.state !== 'running';
        if (isAnswered || answered.has(nameOf(request, partition))) continue;
        if (partition < request.partitions) return { request, partition, owner };
      }
    }
    return null;
  }

  /** A partition that was lost is left to its next owner. */
  async function doJob(job: Job): Promise<void> {
    const { request, partition } = job;
    try {
      const answer = await rebuild(job);
      await deps.log.publish([answerToMessage(answer)]);
      answered.add(nameOf(request, partition));
    } catch (error) {
      if (signal.aborted || error instanceof PartitionLostError) return;
      const { rebuild_id } = request;
      deps.logger.error(
        { err: error, rebuild_id, partition },
        'the result of a rebuild could not be published',
      );
      await pause(RETRY_PAUSE_MS);
    }
  }

  async function rebuild({ request, partition, owner }: Job): Promise<RebuildAnswer> {
    const { rebuild_id, bot_id, forgets_updates } = request;
    if (bot_id !== null && forgets_updates) owner.timeouts.forget(bot_id);
    const answer = (state: RebuildAnswer['state'], tally: RebuildTally, problem: string | null) =>
      answerOf(request, partition, state, tally, problem, deps.clock.now());
    deps.logger.info({ rebuild_id, partition }, 'recounting hours from raw events');
    let tally = NOTHING_DONE;
    let toldAtMs = deps.clock.now();
    const onProgress = (now: RebuildTally) => {
      tally = now;
      if (deps.clock.now() - toldAtMs < PROGRESS_INTERVAL_MS) return;
      toldAtMs = deps.clock.now();
      // A lost one is made up for by the next; only the last answer has to arrive.
      deps.log.publish([answerToMessage(answer('running', now, null))]).catch((error: unknown) => {
        deps.logger.warn({ err: error }, 'the progress of a rebuild could not be published');
      });
    };
    const counted: LoggedEvent[] = [];
    owner.fold.listen((logged) => counted.push(logged));
    try {
      await deps.flush();
      const { store, clock, logger } = deps;
      const assertOwned = () => assertOwner(partition, owner);
      const live = livePartition(partition, owner, counted);
      const finished = await rebuildPartition(request, {
        store,
        partition: live,
        assertOwned,
        clock,
        logger,
        signal,
        onProgress,
      });
      assertOwned();
      return answer('done', finished, null);
    } catch (error) {
      if (!(error instanceof RebuildFailedError)) throw error;
      deps.logger.warn({ err: error, rebuild_id, partition }, 'a rebuild failed');
      return answer('failed', tally, error.message);
    } finally {
      owner.fold.listen(null);
    }
  }

  function livePartition(
    partition: number,
    owner: PartitionOwner,
    counted: LoggedEvent[],
  ): LivePartition {
    const { fold } = owner;
    return {
      fold,
      countedFrom(from) {
        const kept = counted.findIndex(({ offset }) => offset >= from);
        counted.splice(0, kept < 0 ? counted.length : kept);
        return counted;
      },
      betweenBatches: (compare) =>
        owner.betweenBatches(() => {
          assertOwner(partition, owner);
          return compare();
        }),
      flush: () => deps.flush(),
      async endOffset() {
        const ranges = await deps.log.ranges(EVENTS_TOPIC);
        return ranges.find((range) => range.partition === partition)?.endOffset ?? 0n;
      },
    };
  }

  function assertOwner(partition: number, owner: PartitionOwner): void {
    if (deps.owners.get(partition) !== owner) {
      throw new PartitionLostError(`partition ${partition} is no longer assigned to this owner`);
    }
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  }
}

function nameOf({ rebuild_id }: RebuildRequest, partition: number): string {
  return `${rebuild_id}/${partition}`;
}
