/** The aggregator: consume → read → fold → store → commit, each a file of its own. */

import { type Clock, type SteadyClock, steadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import type {
  ConsumerHandler,
  EventLog,
  LogPosition,
  PartitionLag,
} from '@hookpulse/event-log/event-log';
import { AGGREGATOR_GROUP, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { ErrorReporter } from '@hookpulse/service-kit/telemetry/error-reporter';
import { Committer } from './committer.ts';
import type { FoldPosition } from './domain/partition-fold.ts';
import { ProcessingTimeouts } from './domain/processing-timeouts.ts';
import { Flusher, type FlusherLimits } from './flusher.ts';
import { type AggregatorMetrics, aggregatorMetrics } from './metrics.ts';
import { PartitionOwner } from './partition-owner.ts';
import type { RebuildStore } from './rebuild/rebuild-store.ts';
import { type RebuildWorker, startRebuildWorker } from './rebuild/rebuild-worker.ts';
import { type ResumedPartition, restartPartition, resumePartitions } from './resume.ts';
import type { AggregateStore } from './store/aggregate-store.ts';
import type { StoreTraces } from './store/store-traces.ts';
import { startTimeoutAnnouncer } from './timeout-announcer.ts';

export interface AggregatorDeps {
  readonly log: EventLog;
  readonly store: AggregateStore;
  /** Default: requests to rebuild are left to others. */
  readonly rebuildStore?: RebuildStore;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Default: that of the process. */
  readonly steadyClock?: SteadyClock;
  /** An update that its bot has not reported as processed within this time is an error. */
  readonly processingTimeoutMs: number;
  readonly flusherLimits?: FlusherLimits;
  /** Default: nothing is traced. */
  readonly traces?: StoreTraces | null;
  /** Default: nobody is told. */
  readonly reportBotError?: ErrorReporter['reportBotError'];
  /** Default: not exported. */
  readonly metrics?: AggregatorMetrics;
}

export interface RunningAggregator {
  /** Whether the group counts it as a member now. */
  readonly isMember: boolean;
  /** Partitions held and restored. */
  readonly assignedPartitions: number;
  /** Events folded and not stored yet. */
  readonly unstoredEvents: number;
  /** Whether nothing is taken from the log because too much waits for the store. */
  readonly isPaused: boolean;
  lag(): Promise<readonly PartitionLag[]>;
  /** Stores and commits what was delivered, and leaves the group. */
  close(): Promise<void>;
}

/** Few enough that a batch is folded in milliseconds, and the event loop is free in between. */
const MAX_BATCH_MESSAGES = 1_000;
/** How long stopping waits for a step of a rebuild; what it has not done is done by the next owner. */
const REBUILD_PATIENCE_MS = 1_000;

/** Joins the group and folds until closed. Resolves once joined. */
export async function runAggregator(given: AggregatorDeps): Promise<RunningAggregator> {
  const deps = {
    ...given,
    steadyClock: given.steadyClock ?? steadyClock,
    metrics: given.metrics ?? aggregatorMetrics(),
  };
  const owners = new Map<number, PartitionOwner>();
  let rebuilds: RebuildWorker | null = null;
  // Closing waits for what is under way, and that for a store that may accept a question and not answer.
  const handler: ConsumerHandler = {
    onAssigned: (partitions) => untilAborted(onAssigned(partitions), flusher.stopped),
    onRevoked,
    onBatch: (batch) => untilAborted(onBatch(batch), flusher.stopped),
  };
  const joined = deps.log.consume({
    groupId: AGGREGATOR_GROUP,
    topics: [EVENTS_TOPIC],
    maxBatchMessages: MAX_BATCH_MESSAGES,
    handler,
  });
  const committer = new Committer({
    commit: async (positions) => (await joined).commit(positions.map(toLogPosition)),
    isOwned: (partition) => owners.has(partition),
    logger: deps.logger,
  });
  const flusher = new Flusher(
    {
      store: deps.store,
      folds: () => owners.values().map((owner) => owner.fold),
      commit: (positions) => committer.commit(positions),
      logger: deps.logger,
    },
    deps.flusherLimits,
  );
  const consumer = await joined;
  const announcer = startTimeoutAnnouncer(() => owners.values(), deps);
  if (deps.rebuildStore) {
    const { rebuildStore: store, log, logger, clock } = deps;
    const flush = () => flusher.flush();
    rebuilds = startRebuildWorker({ log, store, logger, clock, owners, flush });
  }

  return {
    get isMember() {
      return consumer.isMember;
    },
    get assignedPartitions() {
      return owners.size;
    },
    get unstoredEvents() {
      return flusher.unstoredEvents;
    },
    get isPaused() {
      return flusher.isHoldingBack;
    },
    lag: () => consumer.lag(),
    async close() {
      await announcer.close();
      const rebuildsClosed = rebuilds?.close();
      await flusher.stopAfter(consumer.close());
      committer.close();
      // A rebuild under way may wait for a store that does not answer.
      await settleWithin(REBUILD_PATIENCE_MS, async () => rebuildsClosed);
    },
  };

  async function onAssigned(
    partitions: Parameters<ConsumerHandler['onAssigned']>[0],
  ): Promise<LogPosition[]> {
    const ids = partitions.map(({ partition }) => partition);
    const resumed = await resumePartitions(ids, deps.clock.now(), deps);
    return Promise.all(
      resumed.map(async (one) => {
        const { partition } = one.fold.position;
        return own(one, await deps.store.loadReportingBots(partition, one.readSinceMs));
      }),
    );
  }

  async function onRevoked(partitions: Parameters<ConsumerHandler['onRevoked']>[0]): Promise<void> {
    await flusher.flushBriefly();
    for (const { partition } of partitions) {
      owners.delete(partition);
      deps.traces?.forget(partition);
    }
  }

  async function onBatch(batch: Parameters<ConsumerHandler['onBatch']>[0]): Promise<void> {
    const owner = owners.get(batch.partition);
    if (!owner) return;
    const comparison = owner.compare(batch);
    if (comparison !== 'same') {
      const { position } = owner.fold;
      const restarted = await restartPartition(position, comparison, deps.clock.now(), deps);
      if (restarted) {
        await (await joined).seek(own(restarted, []));
        return;
      }
    }
    await owner.foldBatch(batch);
    await flusher.room();
  }

  /** @returns where to read from. */
  function own({ fold, readFrom }: ResumedPartition, reportingBots: readonly string[]) {
    // Given up by a stop, and answered at last: nobody would revoke it.
    flusher.stopped.throwIfAborted();
    const timeouts = new ProcessingTimeouts(deps.processingTimeoutMs, reportingBots);
    const { partition, last } = fold.position;
    owners.set(partition, new PartitionOwner(fold, timeouts, deps));
    // The process that stored this position may have ended before it was committed.
    if (last) committer.owe(fold.position);
    rebuilds?.wake();
    return { topic: EVENTS_TOPIC, partition, offset: readFrom };
  }
}

function toLogPosition({ partition, nextOffset }: FoldPosition): LogPosition {
  return { topic: EVENTS_TOPIC, partition, offset: nextOffset };
}
