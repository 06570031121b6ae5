/** Traffic with its errors, and processing times, by the minute, the hour or the day, side by side. */
import type { MetricsUnit } from '@hookpulse/api/metrics-row';
import type { ComponentChildren } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import { formatCount, formatMs } from '../format/numbers.ts';
import type { TimeGrid } from '../format/time-grid.ts';
import { formatHour, formatShort, formatUtcDay } from '../format/times.ts';
import { Card } from '../ui/card.tsx';
import { Chart } from '../ui/chart.tsx';
import type { ChartMark } from '../ui/chart-marks.ts';
import { MarkList } from '../ui/mark-list.tsx';
import { averageSeries, type ChartRow, latencySeries, trafficSeries } from './chart-series.ts';
import { latencySummary, trafficSummary } from './chart-summaries.ts';
import './metrics-charts.css';

export interface MetricsChartsProps {
  readonly grid: TimeGrid<ChartRow>;
  readonly unit: MetricsUnit;
  /** False: only averages of processing times are known; default: percentiles are. */
  readonly hasPercentiles?: boolean;
  /** Beside the heading of the traffic. */
  readonly aside?: ComponentChildren;
  /** What may explain them, newest first. */
  readonly marks?: readonly ChartMark[];
  /** A part that was dragged over, milliseconds since the epoch. */
  readonly onZoom?: (fromMs: number, toMs: number) => void;
}

const NO_MARKS: readonly ChartMark[] = [];
/** Up to so many hours a weekday says which one it is. */
const HOURS_OF_WEEK = 7 * 24;

export function MetricsCharts({
  grid,
  unit,
  hasPercentiles = true,
  aside,
  marks = NO_MARKS,
  onZoom,
}: MetricsChartsProps) {
  const cursorGroup = useId();
  const series = useMemo(
    () => ({
      traffic: trafficSeries(grid.rows),
      latency: hasPercentiles ? latencySeries(grid.rows) : averageSeries(grid.rows),
    }),
    [grid, hasPercentiles],
  );
  const formatTime = timeFormat(unit, grid.times.length);
  const time = {
    ...{ times: grid.times, formatTime, isUtc: unit === 'day', marks, cursorGroup },
    ...(onZoom ? { onZoom } : {}),
  };
  const words = { unit, formatTime };
  return (
    <div class="metrics-charts">
      <Card title={`Traffic per ${unit}`} aside={aside}>
        <Chart
          {...time}
          title={`Events and errors per ${unit}`}
          summary={trafficSummary(grid, words)}
          series={series.traffic}
          format={formatCount}
        />
      </Card>
      <Card
        title="Processing time"
        aside={
          !hasPercentiles && (
            <span class="metrics-totals">Choose one bot to see percentiles by the minute</span>
          )
        }
      >
        <Chart
          {...time}
          title={`Processing time by the ${unit}`}
          summary={latencySummary(grid, words, hasPercentiles ? 'p95' : 'avg')}
          series={series.latency}
          format={formatMs}
          formatAxis={formatMs}
        />
      </Card>
      <MarkList marks={marks} />
    </div>
  );
}

function timeFormat(unit: MetricsUnit, count: number): (timeMs: number) => string {
  switch (unit) {
    case 'minute':
      return formatShort;
    case 'hour':
      return count <= HOURS_OF_WEEK ? formatHour : formatShort;
    case 'day':
      return formatUtcDay;
    default:
      return unit satisfies never;
  }
}
