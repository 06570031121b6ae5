/** What the charts of a bot show, in words. */
import type { HourGrid } from '../../format/hours.ts';
import { formatCount, formatMs } from '../../format/numbers.ts';
import { formatHour } from '../../format/times.ts';

interface Traffic {
  readonly events: number;
  readonly errors: number;
}

interface Latency {
  readonly p95_processing_time_ms: number | null;
}

export function trafficSummary({ times, rows }: HourGrid<Traffic>): string {
  const sum = (of: (row: Traffic) => number) =>
    rows.reduce((total, row) => total + (row ? of(row) : 0), 0);
  const busiest = indexOfHighest(rows.map((row) => row?.events ?? null));
  if (busiest === null) return `No events in ${times.length} hours.`;
  const most = `most at ${formatHour(times[busiest] ?? 0)}: ${formatCount(rows[busiest]?.events ?? 0)}`;
  const [events, errors] = [sum((row) => row.events), sum((row) => row.errors)];
  return `${formatCount(events)} events and ${formatCount(errors)} errors in ${times.length} hours, ${most}.`;
}

export function latencySummary({ times, rows }: HourGrid<Latency>): string {
  const values = rows.map((row) => row?.p95_processing_time_ms ?? null);
  const slowest = indexOfHighest(values);
  const newest = values.findLast((value) => value !== null) ?? null;
  if (slowest === null) return 'Nothing was measured.';
  const highest = `highest at ${formatHour(times[slowest] ?? 0)}: ${formatMs(values[slowest] ?? null)}`;
  return `The 95th percentile was ${formatMs(newest)} in the newest hour, ${highest}.`;
}

/** Null: all are unknown. */
function indexOfHighest(values: readonly (number | null)[]): number | null {
  let highest: number | null = null;
  values.forEach((value, index) => {
    if (value !== null && (highest === null || value > (values[highest] ?? 0))) highest = index;
  });
  return highest;
}
