/** `/`: the state of all bots, and which of them need attention. */
import type { FleetHealth } from '@hookpulse/api/fleet-health';
import type { NotificationView } from '@hookpulse/api/notification-view';
import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import { Tv } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { resources, useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { useBots } from '../../bot-choice/use-bots.ts';
import { NOTIFICATIONS_PATH } from '../../format/notification-words.ts';
import { SavedViewsButton } from '../../saved-views/saved-views-button.tsx';
import { SetupChecklist } from '../../setup-checklist/setup-checklist.tsx';
import { stepsOfFleet } from '../../setup-checklist/setup-steps.ts';
import { LinkButton } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { FleetSummary } from './fleet-summary.tsx';
import { FleetTable } from './fleet-table.tsx';

const PATH = '/api/health/webhook/';
const TRENDS_PATH = `${PATH}?trends=true`;
const REFRESH_MS = 3_000;
const NOTIFICATIONS_REFRESH_MS = 30_000;
/** Of a large fleet an answer is megabytes. */
const LARGE_REFRESH_MS = 10_000;
const LARGE_FLEET = 1_000;
/** Trends change by the hour, and cost the store more. */
const TRENDS_REFRESH_MS = 60_000;

export function FleetPage() {
  const { reads } = useSession();
  const [isLarge, setIsLarge] = useState(false);
  const health = useResource<FleetHealth>(PATH, {
    refreshMs: isLarge ? LARGE_REFRESH_MS : REFRESH_MS,
  });
  // Once the first answer is on the screen, which it would only delay.
  const trends = useResource<FleetHealth>(health.data && TRENDS_PATH, {
    refreshMs: TRENDS_REFRESH_MS,
  });
  const { data, error } = health;
  const { data: notifications } = useResource<NotificationView>(reads ? NOTIFICATIONS_PATH : null, {
    refreshMs: NOTIFICATIONS_REFRESH_MS,
  });
  const botCount = data?.bots.length ?? 0;
  useEffect(() => setIsLarge(botCount > LARGE_FLEET), [botCount]);
  // Only where none is enabled: of a large fleet they are megabytes.
  const { bots: disabled } = useBots(reads && data?.bots.length === 0);
  return (
    <>
      <PageHeader
        title="Fleet"
        beside={data && <StatusBadge status={data.status} />}
        resource={health}
        actions={
          <>
            <SavedViewsButton />
            <LinkButton
              kind="quiet"
              icon={Tv}
              href={PAGE_PATHS.tv}
              label="Show on a large screen"
            />
          </>
        }
      />
      {error && !data ? (
        <ErrorState error={error} retry={() => resources.refresh(PATH)} />
      ) : (
        <>
          <FleetSummary health={data} />
          {reads && data && disabled.length === 0 && (
            <SetupChecklist steps={stepsOfFleet(data.bots, notifications)} />
          )}
          <PanelError resource={trends} what="Trends and p95" />
          <FleetTable health={data} trends={trends.data} />
        </>
      )}
    </>
  );
}
