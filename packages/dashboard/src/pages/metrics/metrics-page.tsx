/** `/hourly`: what was counted and measured by the hour or the day, to look at and to take along. */
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import { useMemo } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { usePages } from '../../api/use-pages.ts';
import { useBots } from '../../bot-choice/use-bots.ts';
import { useUrlState } from '../../state/url-state.ts';
import { useNow } from '../../state/use-now.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { ExportActions } from './export-actions.tsx';
import { MetricsFilters } from './metrics-filters.tsx';
import './metrics-page.css';
import { metricsQueryOfUrl, pagePath } from './metrics-query.ts';
import { MetricsView } from './metrics-view.tsx';
import { RowDrawer } from './row-drawer.tsx';
import { rowKey, rowPlaceOf } from './row-place.ts';

const REFRESH_MS = 15_000;

export function MetricsPage() {
  const url = useUrlState();
  const nowMs = useNow();
  const query = useMemo(() => metricsQueryOfUrl(url), [url]);
  const bots = useBots();
  const pages = usePages<ListAnswer<'metrics', MetricsRow>, MetricsRow>({
    pathOf: (cursor) => pagePath(query, nowMs, cursor),
    itemsOf: ({ metrics }) => metrics,
    keyOf: rowKey,
    refreshMs: REFRESH_MS,
    identity: JSON.stringify(query),
  });
  const place = rowPlaceOf(url.get('row'));
  return (
    <>
      <PageHeader
        title="Metrics"
        resource={pages.resource}
        actions={<ExportActions query={query} />}
      />
      <MetricsFilters query={query} bots={bots.bots} error={bots.error} />
      <MetricsView query={query} pages={pages} bots={bots} nowMs={nowMs} />
      {place && (
        <RowDrawer
          place={place}
          unit={query.unit}
          bots={bots}
          onClose={() => url.set({ row: null }, true)}
        />
      )}
    </>
  );
}
