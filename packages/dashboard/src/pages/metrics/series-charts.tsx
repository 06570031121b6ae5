/** Charts of the chosen time. When another is chosen, they stay until its rows are there. */
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { formatCount } from '../../format/numbers.ts';
import type { TimeGrid } from '../../format/time-grid.ts';
import { zoomedRange } from '../../metrics-charts/chart-unit.ts';
import { MetricsCharts, type MetricsChartsProps } from '../../metrics-charts/metrics-charts.tsx';
import { totalsOf } from '../../metrics-charts/span-totals.ts';
import { urlOfRange } from '../../state/time-range.ts';
import { useUrlState } from '../../state/url-state.ts';
import { Card } from '../../ui/card.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { chartGrid } from './chart-grid.ts';
import { METRICS_PRESETS, type MetricsQuery, pagePath } from './metrics-query.ts';

const REFRESH_MS = 15_000;
/** As high as a chart with its legend, so that nothing moves when it comes. */
const CHART_HEIGHT = 228;

export interface SeriesChartsProps extends Pick<MetricsChartsProps, 'marks' | 'onZoom'> {
  readonly query: MetricsQuery;
  readonly nowMs: number;
  /** Beside the heading of the traffic; default: what the rows add up to. */
  readonly aside?: ComponentChildren;
}

interface Shown {
  readonly rows: readonly MetricsRow[];
  readonly unit: MetricsQuery['unit'];
  readonly grid: TimeGrid<MetricsRow>;
  readonly hasPercentiles: boolean;
  readonly path: string;
}

export function SeriesCharts({ query, nowMs, aside, ...charts }: SeriesChartsProps) {
  const url = useUrlState();
  const path = pagePath(query, nowMs, '');
  const resource = useResource<ListAnswer<'metrics', MetricsRow>>(path, {
    refreshMs: REFRESH_MS,
  });
  const { data, isPrevious, error } = resource;
  const shown = useRef<Shown | null>(null);
  const rows = data?.metrics;
  if (rows && !isPrevious && (shown.current?.rows !== rows || shown.current.path !== path)) {
    const grid = chartGrid(rows, data.next_cursor !== null, query, nowMs);
    const hasPercentiles = query.unit !== 'minute' || query.subject.kind === 'bot';
    shown.current = { rows, unit: query.unit, grid, hasPercentiles, path };
  }
  if (!shown.current) {
    return error ? <PanelError resource={resource} what="Charts" /> : <SeriesChartsSkeleton />;
  }
  const { grid, unit, hasPercentiles } = shown.current;
  return (
    <>
      <PanelError resource={resource} what="Charts" />
      <MetricsCharts
        grid={grid}
        unit={unit}
        hasPercentiles={hasPercentiles}
        onZoom={(fromMs, toMs) =>
          url.set(urlOfRange(zoomedRange(fromMs, toMs, nowMs), METRICS_PRESETS[0]), true)
        }
        aside={aside ?? <Totals grid={grid} />}
        {...charts}
      />
    </>
  );
}

function Totals({ grid }: Pick<Shown, 'grid'>) {
  const { events, errors, errorRate } = totalsOf(grid.rows);
  return (
    <span class="metrics-totals">
      <b>{formatCount(events)}</b> events, <b>{formatCount(errors)}</b> errors, <b>{errorRate}</b>
    </span>
  );
}

export function SeriesChartsSkeleton() {
  return (
    <div class="metrics-charts">
      {['Traffic', 'Processing time'].map((title) => (
        <Card key={title} title={title}>
          <Skeleton height={CHART_HEIGHT} />
        </Card>
      ))}
    </div>
  );
}
