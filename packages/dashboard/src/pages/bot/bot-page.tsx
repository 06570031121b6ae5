/** `/bots/:bot_id`: one bot. */
import type { BotHealth } from '@hookpulse/query-api/domain/bot-health';
import { useRoute } from 'preact-iso';
import { resources, useResource } from '../../api/resources.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';

const REFRESH_MS = 5_000;

export function BotPage() {
  const { bot_id = '' } = useRoute().params;
  const path = `/api/health/webhook/${encodeURIComponent(bot_id)}/`;
  const health = useResource<BotHealth>(path, { refreshMs: REFRESH_MS });
  const { data, error } = health;
  return (
    <>
      <PageHeader
        title={data?.bot_name ?? bot_id}
        beside={data && <StatusBadge status={data.status} />}
        resource={health}
      />
      {error && !data && <ErrorState error={error} retry={() => resources.refresh(path)} />}
    </>
  );
}
