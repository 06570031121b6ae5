/** Sentences that sum up the charts by minute, hour or day. */
import type { MetricsUnit } from '@hookpulse/api/metrics-row';
import { formatCount, formatMs } from '../format/numbers.ts';
import type { TimeGrid } from '../format/time-grid.ts';
import { type CountedSpan, totalsOf } from './span-totals.ts';

interface Traffic extends CountedSpan {
  readonly events: number;
}

interface Latency {
  readonly avg_processing_time_ms: number | null;
  readonly p95_processing_time_ms: number | null;
}

export interface SummaryWords {
  readonly unit: MetricsUnit;
  readonly formatTime: (timeMs: number) => string;
}

export function trafficSummary(
  { times, rows }: TimeGrid<Traffic>,
  { unit, formatTime }: SummaryWords,
): string {
  const span = `${times.length} ${unit}s`;
  const busiest = indexOfHighest(rows.map((row) => row?.events ?? null));
  if (busiest === null) return `No events in ${span}.`;
  const most = `most at ${formatTime(times[busiest] ?? 0)}: ${formatCount(rows[busiest]?.events ?? 0)}`;
  const { events, errors } = totalsOf(rows);
  return `${formatCount(events)} events and ${formatCount(errors)} errors in ${span}, ${most}.`;
}

export function latencySummary(
  { times, rows }: TimeGrid<Latency>,
  { unit, formatTime }: SummaryWords,
  of: 'p95' | 'avg' = 'p95',
): string {
  const values = rows.map((row) => row?.[`${of}_processing_time_ms`] ?? null);
  const slowest = indexOfHighest(values);
  const newest = values.findLast((value) => value !== null) ?? null;
  if (slowest === null) return 'No processing times.';
  const highest = `highest at ${formatTime(times[slowest] ?? 0)}: ${formatMs(values[slowest] ?? null)}`;
  const what = of === 'p95' ? '95th percentile' : 'average';
  return `The ${what} was ${formatMs(newest)} in the newest ${unit}, ${highest}.`;
}

/** Null: all are unknown. */
function indexOfHighest(values: readonly (number | null)[]): number | null {
  let highest: number | null = null;
  values.forEach((value, index) => {
    if (value !== null && (highest === null || value > (values[highest] ?? 0))) highest = index;
  });
  return highest;
}
