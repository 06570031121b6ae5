/** The times that the charts of a query have, those without a row included. */
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import { type TimeGrid, timeGrid } from '../../format/time-grid.ts';
import { type MetricsQuery, UNIT_MS, wholeSpan } from './metrics-query.ts';

/**
 * @param rows - the newest first, as they are answered
 * @param hasOlder - whether they are not all: then it begins with the oldest of them
 */
export function chartGrid<Row extends Pick<MetricsRow, 'start'>>(
  rows: readonly Row[],
  hasOlder: boolean,
  query: MetricsQuery,
  nowMs: number,
): TimeGrid<Row> {
  const stepMs = UNIT_MS[query.unit];
  const { fromMs, toMs } = wholeSpan(query, nowMs);
  const [newest, oldest] = [rows[0], rows.at(-1)];
  // Bots may be a little ahead, so that the next hour has begun already.
  const reachedMs = newest ? startOf(newest) + stepMs : 0;
  return timeGrid(rows, startOf, {
    fromMs: fromMs === null || hasOlder ? (oldest ? startOf(oldest) : nowMs) : fromMs,
    toMs: Math.min(toMs ?? Number.POSITIVE_INFINITY, Math.max(nowMs, reachedMs)),
    stepMs,
  });
}

function startOf({ start }: Pick<MetricsRow, 'start'>): number {
  return Date.parse(start);
}
