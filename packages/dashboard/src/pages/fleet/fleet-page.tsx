/** `/`: how all bots are, and which of them need a look. */
import type { FleetHealth } from '@hookpulse/query-api/domain/fleet-health';
import { resources, useResource } from '../../api/resources.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { FleetSummary } from './fleet-summary.tsx';
import { FleetTable } from './fleet-table.tsx';

const PATH = '/api/health/webhook/';
const TRENDS_PATH = `${PATH}?trends=true`;
const REFRESH_MS = 5_000;
/** They are of hours, and cost the store more. */
const TRENDS_REFRESH_MS = 60_000;

export function FleetPage() {
  const health = useResource<FleetHealth>(PATH, { refreshMs: REFRESH_MS });
  // Once the first answer is on the screen, which it would only delay.
  const trends = useResource<FleetHealth>(health.data && TRENDS_PATH, {
    refreshMs: TRENDS_REFRESH_MS,
  });
  const { data, error } = health;
  return (
    <>
      <PageHeader
        title="Fleet"
        beside={data && <StatusBadge status={data.status} />}
        resource={health}
      />
      {error && !data ? (
        <ErrorState error={error} retry={() => resources.refresh(PATH)} />
      ) : (
        <>
          <FleetSummary health={data} />
          <FleetTable health={data} trends={trends.data} />
        </>
      )}
    </>
  );
}
