/** The lines and bars of charts of minutes, hours or days. */
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import type { ChartSeries } from '../ui/chart.tsx';
import type { CountedSpan } from './span-totals.ts';

/** The fields of a minute, an hour or a day that charts use. */
export type ChartRow = CountedSpan &
  Pick<
    MetricsRow,
    | 'events'
    | 'errors'
    | 'avg_processing_time_ms'
    | 'p50_processing_time_ms'
    | 'p95_processing_time_ms'
    | 'p99_processing_time_ms'
  >;

/** More bars would be thinner than a pixel on a small screen. */
const MAX_BARS = 200;

type Rows = readonly (ChartRow | null)[];

/** An hour without a row had no events. */
export function trafficSeries(rows: Rows): ChartSeries[] {
  const kind = rows.length > MAX_BARS ? 'area' : 'bars';
  return [
    { label: 'Events', color: '--chart-1', kind, values: rows.map((row) => row?.events ?? 0) },
    { label: 'Errors', color: '--chart-2', kind, values: rows.map((row) => row?.errors ?? 0) },
  ];
}

/** How long nothing took is unknown. */
export function latencySeries(rows: Rows): ChartSeries[] {
  return [
    {
      label: 'p50',
      color: '--chart-3',
      values: rows.map((row) => row?.p50_processing_time_ms ?? null),
    },
    {
      label: 'p95',
      color: '--chart-1',
      values: rows.map((row) => row?.p95_processing_time_ms ?? null),
    },
    {
      label: 'p99',
      color: '--chart-4',
      values: rows.map((row) => row?.p99_processing_time_ms ?? null),
    },
  ];
}

export function averageSeries(rows: Rows): ChartSeries[] {
  const values = rows.map((row) => row?.avg_processing_time_ms ?? null);
  return [{ label: 'Average', color: '--chart-3', values }];
}
