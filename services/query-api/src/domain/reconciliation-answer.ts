/** What a reconciliation adds up to: sums by partition, differences, and a verdict. */
import { iso } from '@hookpulse/common/values/iso';
import { byPlace } from '@hookpulse/common/windows/rebuild';
import {
  COMPARED_NAMES,
  type Difference,
  type ReconciledPartition,
  type Reconciliation,
} from '@hookpulse/common/windows/reconciliation';
import type { PartitionComparison } from './window-comparison.ts';

/** Where a partition of the log begins and ends. */
export interface LogRange {
  readonly partition: number;
  readonly startOffset: number;
  readonly endOffset: number;
}

/** How far the aggregator has come in a partition. */
export interface StoredPosition {
  readonly partition: number;
  /** The newest one: how often the topic was recreated. */
  readonly epoch: number;
  /** Everything below is stored. */
  readonly nextOffset: number;
}

export interface ReconciliationFacts {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rawEventsSinceMs: number;
  readonly botId: string | null;
  readonly ranges: readonly LogRange[];
  readonly positions: readonly StoredPosition[];
  /** Of every chunk; several of one partition are added up. */
  readonly comparisons: readonly PartitionComparison[];
  readonly differences: readonly Difference[];
  /** More are counted, and not named. */
  readonly maxDifferences: number;
  readonly nowMs: number;
}

export function reconciliation(facts: ReconciliationFacts): Reconciliation {
  const partitions = partitionsOf(facts).map((partition) => partitionAnswer(partition, facts));
  const total = partitions.reduce((sum, partition) => sum + partition.differing_windows, 0);
  const agrees = total === 0 && partitions.every(({ problem }) => problem === null);
  return {
    status: agrees ? 'agrees' : 'differs',
    timestamp: iso(facts.nowMs),
    from: iso(facts.fromMs),
    to: iso(facts.toMs),
    raw_events_since: iso(facts.rawEventsSinceMs),
    bot_id: facts.botId,
    partitions,
    differences: facts.differences.toSorted(byPlace).slice(0, facts.maxDifferences),
    differences_total: total,
  };
}

/** Every partition that the log, the positions or the rows know, in order. */
function partitionsOf({ ranges, positions, comparisons }: ReconciliationFacts): number[] {
  const all = [...ranges, ...positions, ...comparisons].map(({ partition }) => partition);
  return [...new Set(all)].sort((a, b) => a - b);
}

function partitionAnswer(partition: number, facts: ReconciliationFacts): ReconciledPartition {
  const range = facts.ranges.find((one) => one.partition === partition) ?? null;
  const position = facts.positions.find((one) => one.partition === partition) ?? null;
  const own = facts.comparisons.filter((one) => one.partition === partition);
  const sumOf = (ofOne: (one: PartitionComparison) => number) =>
    own.reduce((sum, one) => sum + ofOne(one), 0);
  const sums = COMPARED_NAMES.map((name, index) => {
    const windows = sumOf((one) => one.windowSums[index] ?? 0);
    const raw = sumOf((one) => one.rawSums[index] ?? 0);
    return [name, { windows, raw }] as const;
  });
  return {
    partition,
    epoch: position?.epoch ?? null,
    log_start_offset: range?.startOffset ?? null,
    log_end_offset: range?.endOffset ?? null,
    next_offset: position?.nextOffset ?? null,
    lag: range && lagOf(range, position),
    raw_events: sumOf((one) => one.rawEvents),
    raw_events_to_come: sumOf((one) => one.rawEventsToCome),
    windows: sumOf((one) => one.windows),
    sums: Object.fromEntries(sums),
    differing_windows: sumOf((one) => one.differing),
    problem: range && problemOf(range, position, Math.max(0, ...own.map((one) => one.lastOffset))),
  };
}

function lagOf({ startOffset, endOffset }: LogRange, position: StoredPosition | null): number {
  const next = Math.max(position?.nextOffset ?? 0, startOffset);
  // A position beyond the end is one of a topic that is gone.
  return endOffset - (next > endOffset ? startOffset : next);
}

function problemOf(
  { startOffset, endOffset }: LogRange,
  position: StoredPosition | null,
  lastRawOffset: number,
): string | null {
  const nextOffset = position?.nextOffset ?? startOffset;
  if (nextOffset > endOffset) {
    // A recreated topic's first position is stored with its first message: an empty one has none.
    if (startOffset === endOffset) return null;
    return `counted up to offset ${nextOffset}, and the log ends at ${endOffset}: the topic was recreated, and no aggregator has noticed it yet`;
  }
  if (lastRawOffset > endOffset) {
    return `there are raw events up to offset ${lastRawOffset}, and the log ends at ${endOffset}: the log and the store do not match`;
  }
  if (nextOffset < startOffset) {
    return `counted up to offset ${nextOffset}, and the log begins at ${startOffset}: ${startOffset - nextOffset} messages were deleted before they were counted`;
  }
  return null;
}
