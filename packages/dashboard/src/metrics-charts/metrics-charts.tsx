/** Traffic with its errors, and processing times, by the hour or the day, side by side. */
import type { ComponentChildren } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import { formatCount, formatMs } from '../format/numbers.ts';
import type { TimeGrid } from '../format/time-grid.ts';
import { formatHour, formatShort, formatUtcDay } from '../format/times.ts';
import { Card } from '../ui/card.tsx';
import { Chart } from '../ui/chart.tsx';
import type { ChartMark } from '../ui/chart-marks.ts';
import { MarkList } from '../ui/mark-list.tsx';
import { type ChartRow, latencySeries, trafficSeries } from './chart-series.ts';
import { latencySummary, trafficSummary } from './chart-summaries.ts';
import './metrics-charts.css';

export interface MetricsChartsProps {
  readonly grid: TimeGrid<ChartRow>;
  readonly unit: 'hour' | 'day';
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

export function MetricsCharts({ grid, unit, aside, marks = NO_MARKS, onZoom }: MetricsChartsProps) {
  const cursorGroup = useId();
  const series = useMemo(
    () => ({ traffic: trafficSeries(grid.rows), latency: latencySeries(grid.rows) }),
    [grid],
  );
  const isOfWeek = grid.times.length <= HOURS_OF_WEEK;
  const formatTime = unit === 'day' ? formatUtcDay : isOfWeek ? formatHour : formatShort;
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
      <Card title="Processing time">
        <Chart
          {...time}
          title={`Processing time by the ${unit}`}
          summary={latencySummary(grid, words)}
          series={series.latency}
          format={formatMs}
          formatAxis={formatMs}
        />
      </Card>
      <MarkList marks={marks} />
    </div>
  );
}
