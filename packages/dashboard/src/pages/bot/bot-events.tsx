/** What happened last, a few seconds old at most. */
import type { WebhookEvent } from '@hookpulse/common/domain/webhook-event';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { formatMs } from '../../format/numbers.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { EVENT_STATUS_TONES } from './event-tones.ts';

const REFRESH_MS = 3_000;
const NEWEST = 15;

const COLUMNS: readonly Column<WebhookEvent>[] = [
  {
    id: 'time',
    title: 'Time',
    width: '112px',
    render: ({ timestamp }) => <Time at={timestamp} as="precise" />,
  },
  {
    id: 'type',
    title: 'Event',
    width: 'minmax(96px, 1fr)',
    render: ({ event_type }) => event_type,
  },
  {
    id: 'status',
    title: 'Status',
    width: '96px',
    render: ({ status }) => <ToneBadge tone={EVENT_STATUS_TONES[status]}>{status}</ToneBadge>,
  },
  {
    id: 'update',
    title: 'Update',
    width: '104px',
    align: 'end',
    hideBelow: 'tablet',
    render: ({ update_id }) => update_id ?? '–',
  },
  {
    id: 'took',
    title: 'Took',
    width: '80px',
    align: 'end',
    hideBelow: 'tablet',
    render: ({ processing_time_ms, response_time_ms }) =>
      formatMs(processing_time_ms ?? response_time_ms),
  },
  {
    id: 'error',
    title: 'Error',
    width: 'minmax(120px, 2fr)',
    hideBelow: 'tablet',
    render: ({ error_type, error_message }) =>
      [error_type, error_message].filter((text) => text !== null).join(': '),
  },
];

export function BotEvents({ botId }: { readonly botId: string }) {
  const query = new URLSearchParams({ bot_id: botId, limit: String(NEWEST) });
  const { data } = useResource<ListAnswer<'events', WebhookEvent>>(`/api/events?${query}`, {
    refreshMs: REFRESH_MS,
  });
  const events = data?.events ?? [];
  return (
    <Card
      title="Newest events"
      aside={<LinkButton href={`/events?bot_id=${botId}`}>All events</LinkButton>}
      isFlush
    >
      {data && events.length === 0 ? (
        <p class="card-content bot-note">None is stored. They are kept for some days.</p>
      ) : (
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
