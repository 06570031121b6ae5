/** When a row is of: a minute or an hour in the viewer's zone, a day in UTC; both bounds in UTC on hover. */
import type { MetricsUnit } from '@hookpulse/api/metrics-row';
import { formatShort, formatUtc, formatUtcDay } from '../../format/times.ts';
import { UNIT_MS } from './metrics-query.ts';

export interface RowTimeProps {
  /** ISO 8601 */
  readonly start: string;
  readonly unit: MetricsUnit;
}

export function RowTime({ start, unit }: RowTimeProps) {
  const startMs = Date.parse(start);
  return (
    <time
      dateTime={start}
      title={`${formatUtc(startMs)}\nto ${formatUtc(startMs + UNIT_MS[unit])}`}
    >
      {rowTimeText(startMs, unit)}
    </time>
  );
}

export function rowTimeText(startMs: number, unit: MetricsUnit): string {
  return unit === 'day' ? formatUtcDay(startMs) : formatShort(startMs);
}
