/** `/hourly`: counts and latencies by minute, hour or day, as rows, as charts, and as CSV. */
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import { Download } from 'lucide';
import { useMemo } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { usePages } from '../../api/use-pages.ts';
import { useBots } from '../../bot-choice/use-bots.ts';
import { curlOf } from '../../format/curl.ts';
import { useUrlState } from '../../state/url-state.ts';
import { useNow } from '../../state/use-now.ts';
import { LinkButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { MetricsFilters } from './metrics-filters.tsx';
import './metrics-page.css';
import { csvPath, metricsQueryOfUrl, pagePath } from './metrics-query.ts';
import { MetricsView } from './metrics-view.tsx';
import { RowDrawer } from './row-drawer.tsx';
import { rowKey, rowPlaceOf } from './row-place.ts';

const REFRESH_MS = 15_000;

export function MetricsPage() {
  const url = useUrlState();
  const nowMs = useNow();
  const asked = metricsQueryOfUrl(url, nowMs);
  const identity = JSON.stringify(asked);
  const query = useMemo(() => asked, [identity]);
  const bots = useBots();
  const pages = usePages<ListAnswer<'metrics', MetricsRow>, MetricsRow>({
    pathOf: (cursor) => pagePath(query, nowMs, cursor),
    itemsOf: ({ metrics }) => metrics,
    keyOf: rowKey,
    refreshMs: REFRESH_MS,
    identity,
  });
  const place = rowPlaceOf(url.get('row'));
  return (
    <>
      <PageHeader
        title="Metrics"
        resource={pages.resource}
        actions={<ExportActions path={csvPath(query, nowMs)} />}
      />
      <MetricsFilters query={query} bots={bots.bots} error={bots.error} nowMs={nowMs} />
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

/** The chosen rows as a file, and as a command that makes the same file elsewhere. */
function ExportActions({ path }: { readonly path: string }) {
  return (
    <>
      <CopyButton
        text={curlOf(path, window.location.origin)}
        what="the command"
        title="Copy as curl"
      />
      <LinkButton href={path} icon={Download} download="hookpulse.csv">
        Export CSV
      </LinkButton>
    </>
  );
}
