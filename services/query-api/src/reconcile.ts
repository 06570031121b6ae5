/**
 * Compares the hourly rows with the raw events, while both go on growing. In each piece of work the
 * positions are read first and the end of the log last (`queries/compare-with-raw` says why).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Difference, Reconciliation } from '@hookpulse/common/windows/reconciliation';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import {
  type LogRange,
  reconciliation,
  type StoredPosition,
} from './domain/reconciliation-answer.ts';
import { type Chunk, chunksOf, EVENTS_PER_CHUNK, spansOf } from './domain/reconciliation-chunks.ts';
import {
  type DifferingWindow,
  isAheadOfLog,
  type PartitionComparison,
  toDifference,
} from './domain/window-comparison.ts';
import { botLoads } from './queries/bot-loads.ts';
import { compareWithRaw } from './queries/compare-with-raw.ts';
import { dayLoads } from './queries/day-loads.ts';
import { storedPositions } from './queries/stored-positions.ts';

export interface ReconcileDeps {
  readonly log: Pick<EventLog, 'ranges'>;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
}

export interface ReconcileSpan {
  /** Start of the first hour, milliseconds since the epoch. */
  readonly fromMs: number;
  /** End of the last hour. */
  readonly toMs: number;
  /** Start of the first hour whose raw events are all kept. */
  readonly rawEventsSinceMs: number;
  /** Null: all bots. */
  readonly botId: string | null;
}

/** Enough to see what is wrong; thousands more would say the same. */
const MAX_DIFFERENCES = 1_000;
/** How often a piece is compared again when its newest rows were just being stored. */
const MAX_LOOKS = 5;
/** About as long as a flush takes. */
const LOOK_AGAIN_AFTER_MS = 300;

/** @throws StoreError, LogUnavailableError */
export async function reconcile(span: ReconcileSpan, deps: ReconcileDeps): Promise<Reconciliation> {
  const comparisons: PartitionComparison[] = [];
  const differences: Difference[] = [];
  for await (const chunk of chunks(span, deps.clickhouse)) {
    const compared = await compareSettled(chunk, deps);
    for (const comparison of compared.comparisons) {
      comparisons.push(comparison);
      if (differences.length < MAX_DIFFERENCES) {
        differences.push(...differencesOf(comparison, compared));
      }
    }
  }
  const positions = await storedPositions(deps.clickhouse);
  const ranges = await logRanges(deps.log);
  const nowMs = deps.clock.now();
  const maxDifferences = MAX_DIFFERENCES;
  return reconciliation({
    ...span,
    positions,
    ranges,
    comparisons,
    differences,
    maxDifferences,
    nowMs,
  });
}

async function* chunks(asked: ReconcileSpan, clickhouse: ClickHouseClient): AsyncGenerator<Chunk> {
  if (asked.botId !== null) {
    // No bot_id stands between: "-" is the first character of their alphabet.
    yield { ...asked, botFrom: asked.botId, botBefore: `${asked.botId}-` };
    return;
  }
  for (const span of spansOf(asked, await dayLoads(clickhouse))) {
    const isBusy = span.events > EVENTS_PER_CHUNK;
    yield* chunksOf(span, isBusy ? await botLoads(clickhouse, span.fromMs, span.toMs) : []);
  }
}

interface ComparedChunk {
  readonly comparisons: readonly PartitionComparison[];
  readonly positions: readonly StoredPosition[];
  readonly ranges: readonly LogRange[];
}

/** Looks again while a row that was just being stored differs; one ahead of the log stays as it is. */
async function compareSettled(chunk: Chunk, deps: ReconcileDeps): Promise<ComparedChunk> {
  for (let look = 1; ; look += 1) {
    const positions = await storedPositions(deps.clickhouse);
    const comparisons = await compareWithRaw(deps.clickhouse, chunk, positions, MAX_DIFFERENCES);
    const compared = { comparisons, positions, ranges: await logRanges(deps.log) };
    if (look === MAX_LOOKS || !comparisons.some((one) => mayBeStoring(one, compared))) {
      return compared;
    }
    await delay(LOOK_AGAIN_AFTER_MS);
  }
}

function mayBeStoring(comparison: PartitionComparison, compared: ComparedChunk): boolean {
  return comparison.unsettled.some(
    (window) => !isAheadOfLog(window, endFor(window, comparison.partition, compared)),
  );
}

function differencesOf(comparison: PartitionComparison, compared: ComparedChunk): Difference[] {
  const { partition } = comparison;
  return [...comparison.settled, ...comparison.unsettled].map((window) =>
    toDifference(window, partition, endFor(window, partition, compared)),
  );
}

/** Null for an epoch that is over, and for a partition that the topic has no more. */
function endFor(
  { epoch }: DifferingWindow,
  partition: number,
  { positions, ranges }: ComparedChunk,
): number | null {
  const newest = positions.find((one) => one.partition === partition);
  if (newest && epoch < newest.epoch) return null;
  return ranges.find((one) => one.partition === partition)?.endOffset ?? null;
}

async function logRanges(log: ReconcileDeps['log']): Promise<LogRange[]> {
  const ranges = await log.ranges(EVENTS_TOPIC);
  return ranges.map(({ partition, startOffset, endOffset }) => ({
    partition,
    startOffset: Number(startOffset),
    endOffset: Number(endOffset),
  }));
}
