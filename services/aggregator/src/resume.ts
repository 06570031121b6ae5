/** Where a newly assigned partition goes on, and with which state in memory. */
import { rememberedSince } from '@hookpulse/common/events/recent-events';
import type { Logger } from '@hookpulse/common/runtime/logger';
import {
  type EventLog,
  type PartitionRange,
  UnknownTopicError,
} from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { type FoldPosition, PartitionFold } from './domain/partition-fold.ts';
import type { AggregateStore } from './store/aggregate-store.ts';

export interface ResumedPartition {
  readonly fold: PartitionFold;
  /** Log time of what is read first, at the latest; reports before it are only in the store. */
  readonly readSinceMs: number;
  /** First offset to read: below the fold's position, so that recent events are remembered. */
  readonly readFrom: bigint;
}

export interface ResumeDeps {
  readonly log: Pick<EventLog, 'ranges' | 'offsetsAt'>;
  readonly store: AggregateStore;
  readonly logger: Logger;
  /** What was received so long ago may still have to be judged as timed out. */
  readonly processingTimeoutMs: number;
}

/**
 * Resumes from the store, not from the group's committed offset: the position is stored last, so
 * everything below it is stored too, and a store that was wiped is filled again from the log.
 */
export async function resumePartitions(
  partitions: readonly number[],
  nowMs: number,
  deps: ResumeDeps,
): Promise<ResumedPartition[]> {
  const stored = await deps.store.loadPositions(partitions);
  const ranges = await deps.log.ranges(EVENTS_TOPIC);
  return Promise.all(
    partitions.map((partition) => {
      const range = rangeOf(ranges, partition);
      const position = stored.find((candidate) => candidate.partition === partition);
      if (!position) return startEpoch(range, 0, nowMs, deps);
      if (position.nextOffset > range.endOffset) {
        return startNextEpoch(position, range, nowMs, deps);
      }
      return resumeEpoch(position, range, nowMs, deps);
    }),
  );
}

/**
 * Starts again a partition whose topic was found to have been recreated while it was read. Null when
 * the log only seemed `shorter`: asked for its end, it has one at or beyond the position.
 */
export async function restartPartition(
  position: FoldPosition,
  found: 'another' | 'shorter',
  nowMs: number,
  deps: ResumeDeps,
): Promise<ResumedPartition | null> {
  const range = rangeOf(await deps.log.ranges(EVENTS_TOPIC), position.partition);
  if (found === 'shorter' && range.endOffset >= position.nextOffset) return null;
  return startNextEpoch(position, range, nowMs, deps);
}

function rangeOf(ranges: readonly PartitionRange[], partition: number): PartitionRange {
  const range = ranges.find((candidate) => candidate.partition === partition);
  if (!range) throw new UnknownTopicError(`${EVENTS_TOPIC} has no partition ${partition}`);
  return range;
}

/** Offsets of a recreated topic mean other messages, so counting starts a new epoch. */
function startNextEpoch(
  position: FoldPosition,
  range: PartitionRange,
  nowMs: number,
  deps: ResumeDeps,
): Promise<ResumedPartition> {
  const epoch = position.epoch + 1;
  deps.logger.warn(
    { partition: position.partition, epoch, storedOffset: `${position.nextOffset}` },
    'the topic was recreated; its messages are counted from its start',
  );
  return startEpoch(range, epoch, nowMs, deps);
}

async function startEpoch(
  range: PartitionRange,
  epoch: number,
  nowMs: number,
  deps: ResumeDeps,
): Promise<ResumedPartition> {
  const { partition, startOffset } = range;
  const position = { partition, epoch, nextOffset: startOffset, last: null };
  return { fold: await restoreFold(position, nowMs, deps), readFrom: startOffset, readSinceMs: 0 };
}

async function resumeEpoch(
  position: FoldPosition,
  range: PartitionRange,
  nowMs: number,
  deps: ResumeDeps,
): Promise<ResumedPartition> {
  if (position.nextOffset < range.startOffset) {
    deps.logger.error(
      { partition: position.partition, from: `${position.nextOffset}`, to: `${range.startOffset}` },
      'the log deleted messages before they were counted',
    );
  }
  const readSinceMs = replaySince(position, deps.processingTimeoutMs);
  return {
    fold: await restoreFold(position, nowMs, deps),
    readFrom: await replayFrom(position, readSinceMs, range, deps.log),
    readSinceMs,
  };
}

/** As far back as repetitions are remembered and updates are waited for. */
function replaySince({ last }: FoldPosition, processingTimeoutMs: number): number {
  const lastMs = last?.logTimeMs ?? 0;
  return Math.min(rememberedSince(lastMs), lastMs - processingTimeoutMs);
}

/** Reads again what must be remembered, and at least the last message, by which we know the log. */
async function replayFrom(
  position: FoldPosition,
  sinceMs: number,
  range: PartitionRange,
  log: ResumeDeps['log'],
): Promise<bigint> {
  const lastOffset = position.last?.offset ?? position.nextOffset;
  const offsets = await log.offsetsAt(EVENTS_TOPIC, sinceMs);
  const remembered = offsets.find(({ partition }) => partition === position.partition)?.offset;
  const from = remembered !== undefined && remembered < lastOffset ? remembered : lastOffset;
  return from > range.startOffset ? from : range.startOffset;
}

/** The hot windows are restored now; the store is asked for an older one when an event needs it. */
async function restoreFold(
  position: FoldPosition,
  nowMs: number,
  deps: ResumeDeps,
): Promise<PartitionFold> {
  const sinceMs = Math.min(nowMs, position.last?.logTimeMs ?? nowMs);
  const fold = new PartitionFold(position, sinceMs);
  const { hours, slices } = await deps.store.loadWindowsSince(position, {
    hours: fold.hours.completeFromMs,
    slices: fold.slices.completeFromMs,
  });
  for (const state of hours) fold.hours.restore(state);
  for (const state of slices) fold.slices.restore(state);
  return fold;
}
