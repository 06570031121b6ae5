/** The rows that were chosen, with their charts above where they are of one series. */
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import { useMemo } from 'preact/hooks';
import { resources } from '../../api/resources.ts';
import type { Pages } from '../../api/use-pages.ts';
import type { Bots } from '../../bot-choice/use-bots.ts';
import { useUrlState } from '../../state/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { OlderButton } from '../../ui/older-button.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { metricsColumns } from './metrics-columns.tsx';
import { FILTER_NAMES } from './metrics-filters.tsx';
import { chartQuery, type MetricsQuery, wholeSpan } from './metrics-query.ts';
import { NoMetrics } from './no-metrics.tsx';
import { rowKey } from './row-place.ts';
import { SeriesCharts, SeriesChartsSkeleton } from './series-charts.tsx';

export interface MetricsViewProps {
  readonly query: MetricsQuery;
  readonly pages: Pages<MetricsRow>;
  readonly bots: Pick<Bots, 'names' | 'shared'>;
  readonly nowMs: number;
}

export function MetricsView({ query, pages, bots, nowMs }: MetricsViewProps) {
  const url = useUrlState();
  const { subject, unit } = query;
  const { data, error, isPrevious } = pages.resource;
  const columns = useMemo(
    () =>
      metricsColumns({
        unit,
        isOfEachBot: subject.kind === 'each',
        bots,
        linkOf: (row) => url.link({ row: rowKey(row) }),
      }),
    [subject.kind, unit, bots.names, url],
  );
  const charted = chartQuery(query, nowMs);
  if (error && !data) {
    const clear = () => url.set(Object.fromEntries(FILTER_NAMES.map((name) => [name, null])));
    return (
      <ErrorState
        error={error}
        retry={() => resources.refresh('/api/metrics')}
        actions={<Button onClick={clear}>Clear the filters</Button>}
      />
    );
  }
  if (!pages.items) {
    return (
      <div class="metrics">
        {charted && <SeriesChartsSkeleton />}
        <TableSkeleton />
      </div>
    );
  }
  // What has left "the last day" since it was read is still known.
  const { fromMs } = wholeSpan(query, nowMs);
  const rows = isPrevious
    ? pages.items
    : pages.items.filter(({ start }) => fromMs === null || Date.parse(start) >= fromMs);
  if (rows.length === 0) return <NoMetrics query={query} names={bots.names} />;
  return (
    <div class="metrics">
      {charted && <SeriesCharts query={charted} nowMs={nowMs} />}
      <div>
        <PanelError resource={pages.resource} what="Rows" />
        <DataTable
          label={{ minute: 'Minutes', hour: 'Hours', day: 'Days' }[unit]}
          rows={rows}
          rowKey={rowKey}
          columns={columns}
          isSelected={(row) => rowKey(row) === url.get('row')}
        />
        <OlderButton pages={pages} />
      </div>
    </div>
  );
}
