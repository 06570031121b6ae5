/** What happened last, a few seconds old at most. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { eventColumns } from '../events/event-columns.tsx';

const REFRESH_MS = 3_000;
const NEWEST = 15;

const COLUMNS = eventColumns({
  linkOf: ({ bot_id, event_id }) => `/events?${new URLSearchParams({ bot_id, event: event_id })}`,
  bots: null,
});

export function BotEvents({ botId }: { readonly botId: string }) {
  const query = new URLSearchParams({ bot_id: botId, limit: String(NEWEST) });
  const resource = useResource<ListAnswer<'events', WebhookEvent>>(`/api/events?${query}`, {
    refreshMs: REFRESH_MS,
  });
  const { data, error } = resource;
  const events = data?.events ?? [];
  return (
    <Card
      title="Newest events"
      aside={<LinkButton href={`/events?bot_id=${botId}`}>All events</LinkButton>}
      isFlush
    >
      <PanelError resource={resource} what="Events" />
      {data && events.length === 0 && (
        <p class="card-content bot-note">
          No events stored. New events appear here and are kept for some days.
        </p>
      )}
      {!data && !error && <TableSkeleton />}
      {events.length > 0 && (
        <DataTable
          label="Newest events"
          rows={events}
          rowKey={({ event_id }) => event_id}
          columns={COLUMNS}
          isSteady={false}
        />
      )}
    </Card>
  );
}
