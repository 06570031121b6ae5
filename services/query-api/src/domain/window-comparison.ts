/** Hourly rows compared with the raw events that they say they have seen. */
import { iso } from '@hookpulse/common/values/iso';
import {
  COMPARED_NAMES,
  type CountDifference,
  type Difference,
  type DifferenceKind,
} from '@hookpulse/common/windows/reconciliation';

/** Sums of durations depend on the order of adding, in their last digits. */
export const SUM_TOLERANCE = { relative: 1e-9, absoluteMs: 1e-6 } as const;

/** A bot's hour in one partition and epoch in which the two sides differ. */
export interface DifferingWindow {
  readonly botId: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly epoch: number;
  /** Version of the hourly row; null: there is no row. */
  readonly nextOffset: number | null;
  /** Raw events that the row has seen. */
  readonly rawEvents: number;
  /** In the order of `COMPARED_NAMES`. */
  readonly windowSums: readonly number[];
  readonly rawSums: readonly number[];
}

export interface PartitionComparison {
  readonly partition: number;
  readonly windows: number;
  readonly rawEvents: number;
  /** Raw events that the hourly rows have not seen yet. */
  readonly rawEventsToCome: number;
  /** Highest offset of a raw event of the epoch that goes on; 0 when there is none. */
  readonly lastOffset: number;
  /** In the order of `COMPARED_NAMES`. */
  readonly windowSums: readonly number[];
  readonly rawSums: readonly number[];
  /** How many differ; those named below may be fewer. */
  readonly differing: number;
  readonly settled: readonly DifferingWindow[];
  /** Rows newer than the position: what differs may have been stored between two reads. */
  readonly unsettled: readonly DifferingWindow[];
}

/**
 * @param endOffset - of the partition's log; null for rows of epochs that are over, which are
 * compared with none
 */
export function isAheadOfLog(window: DifferingWindow, endOffset: number | null): boolean {
  return window.nextOffset !== null && endOffset !== null && window.nextOffset > endOffset;
}

export function toDifference(
  window: DifferingWindow,
  partition: number,
  endOffset: number | null,
): Difference {
  return {
    bot_id: window.botId,
    hour: iso(window.startMs),
    partition,
    epoch: window.epoch,
    kind: kindOf(window, endOffset),
    next_offset: window.nextOffset,
    counts: differingCounts(window),
  };
}

function kindOf(window: DifferingWindow, endOffset: number | null): DifferenceKind {
  if (window.nextOffset === null) return 'missing_window';
  if (isAheadOfLog(window, endOffset)) return 'ahead_of_log';
  return window.rawEvents === 0 ? 'no_raw_events' : 'counts';
}

function differingCounts({ windowSums, rawSums }: DifferingWindow): CountDifference[] {
  return COMPARED_NAMES.flatMap((name, index) => {
    const windows = windowSums[index] ?? 0;
    const raw = rawSums[index] ?? 0;
    const tolerance = name.endsWith('_sum_ms')
      ? SUM_TOLERANCE.absoluteMs + SUM_TOLERANCE.relative * Math.abs(raw)
      : 0;
    return Math.abs(windows - raw) > tolerance ? [{ name, windows, raw }] : [];
  });
}
