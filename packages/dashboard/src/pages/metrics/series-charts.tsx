/** Charts of the chosen time. When another is chosen, they stay until its rows are there. */
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import { iso } from '@hookpulse/common/values/iso';
import { useRef } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { formatCount } from '../../format/numbers.ts';
import type { TimeGrid } from '../../format/time-grid.ts';
import { MetricsCharts } from '../../metrics-charts/metrics-charts.tsx';
import { totalsOf } from '../../metrics-charts/span-totals.ts';
import { useUrlState } from '../../state/url-state.ts';
import { Card } from '../../ui/card.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { chartGrid } from './chart-grid.ts';
import { type MetricsQuery, pagePath } from './metrics-query.ts';

const REFRESH_MS = 15_000;
/** As high as a chart with its legend, so that nothing moves when it comes. */
const CHART_HEIGHT = 228;

export interface SeriesChartsProps {
  readonly query: MetricsQuery;
  readonly nowMs: number;
}

interface Shown {
  readonly rows: readonly MetricsRow[];
  readonly unit: MetricsQuery['unit'];
  readonly grid: TimeGrid<MetricsRow>;
  readonly path: string;
}

export function SeriesCharts({ query, nowMs }: SeriesChartsProps) {
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
    shown.current = { rows, unit: query.unit, grid, path };
  }
  if (!shown.current) {
    return error ? <PanelError resource={resource} what="Charts" /> : <SeriesChartsSkeleton />;
  }
  const { grid, unit } = shown.current;
  const { events, errors, errorRate } = totalsOf(grid.rows);
  return (
    <>
      <PanelError resource={resource} what="Charts" />
      <MetricsCharts
        grid={grid}
        unit={unit}
        onZoom={(fromMs, toMs) => url.set({ range: null, from: iso(fromMs), to: iso(toMs) }, true)}
        aside={
          <span class="metrics-totals">
            <b>{formatCount(events)}</b> events, <b>{formatCount(errors)}</b> errors,{' '}
            <b>{errorRate}</b>
          </span>
        }
      />
    </>
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
