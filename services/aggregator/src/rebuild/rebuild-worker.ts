/**
 * Does what is asked for on `webhook.rebuilds`, in the partitions that this process owns, one after
 * the other. A request that the owner before has not answered to its end is done from its beginning:
 * doing it twice changes nothing.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import { iso } from '@hookpulse/common/values/iso';
import type { RebuildAnswer, RebuildRequest } from '@hookpulse/common/windows/rebuild';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { answerToMessage } from '@hookpulse/topic-tables/rebuilds/rebuild-message';
import { followRebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import type { PartitionOwner } from '../partition-owner.ts';
import { PartitionLostError, RebuildFailedError } from './patience.ts';
import { NOTHING_DONE, type RebuildTally, rebuildPartition } from './rebuild-partition.ts';
import type { OwnedPartition } from './rebuild-piece.ts';
import type { RebuildStore } from './rebuild-store.ts';

export interface RebuildWorkerDeps {
  readonly log: Pick<EventLog, 'follow' | 'publish' | 'ranges'>;
  readonly store: RebuildStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** By partition, those that this process owns now. */
  readonly owners: ReadonlyMap<number, PartitionOwner>;
  /** Stores all that was folded. */
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
      await delay(RETRY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async function rebuild({ request, partition, owner }: Job): Promise<RebuildAnswer> {
    const { rebuild_id, bot_id, forgets_updates } = request;
    if (bot_id !== null && forgets_updates) owner.timeouts.forget(bot_id);
    const answer = (
      state: RebuildAnswer['state'],
      tally: RebuildTally,
      problem: string | null,
    ): RebuildAnswer => ({
      rebuild_id,
      partition,
      state,
      answered_at: iso(deps.clock.now()),
      ...tally,
      progress: state === 'running' ? tally.progress : 1,
      problem,
    });
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
    const { store, clock, logger } = deps;
    const owned = ownedPartition(partition, owner);
    try {
      const finished = await rebuildPartition(request, {
        store,
        partition: owned,
        clock,
        logger,
        signal,
        onProgress,
      });
      owned.assertOwned();
      return answer('done', finished, null);
    } catch (error) {
      if (!(error instanceof RebuildFailedError)) throw error;
      logger.warn({ err: error, rebuild_id, partition }, 'a rebuild failed');
      return answer('failed', tally, error.message);
    }
  }

  function ownedPartition(partition: number, owner: PartitionOwner): OwnedPartition {
    const assertOwned = () => {
      signal.throwIfAborted();
      if (deps.owners.get(partition) === owner) return;
      throw new PartitionLostError(`partition ${partition} is no longer assigned to this owner`);
    };
    return {
      fold: owner.fold,
      assertOwned,
      flush: () => deps.flush(),
      // A stop does not wait for a store that does not answer.
      whilePaused: (work) =>
        owner.whilePaused(() =>
          untilAborted(
            (async () => {
              assertOwned();
              await deps.flush();
              return work();
            })(),
            signal,
          ),
        ),
      async endOffset() {
        const ranges = await deps.log.ranges(EVENTS_TOPIC);
        return ranges.find((range) => range.partition === partition)?.endOffset ?? 0n;
      },
    };
  }
}

function nameOf({ rebuild_id }: RebuildRequest, partition: number): string {
  return `${rebuild_id}/${partition}`;
}
