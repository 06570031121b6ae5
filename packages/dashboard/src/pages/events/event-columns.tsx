/** What lists tell of each event. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { Bots } from '../../bot-choice/use-bots.ts';
import { formatMs, UNKNOWN } from '../../format/numbers.ts';
import { BotName } from '../../ui/bot-name.tsx';
import type { Column } from '../../ui/column.ts';
import { PhoneMark } from '../../ui/phone-mark.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { EVENT_STATUS_TONES } from './event-tones.ts';

export interface EventColumnsOptions {
  /** Where a row leads to: the event in full. */
  readonly linkOf: (event: WebhookEvent) => string;
  /** How bots are called; null: all events are of one bot, which needs no column. */
  readonly bots: Pick<Bots, 'names' | 'shared'> | null;
}

export function eventColumns({ linkOf, bots }: EventColumnsOptions): Column<WebhookEvent>[] {
  const time: Column<WebhookEvent> = {
    id: 'time',
    title: 'Time',
    width: 'minmax(84px, 124px)',
    render: (event) => (
      <a class="row-link" draggable={false} href={linkOf(event)}>
        <Time at={event.timestamp} as="moment" />
      </a>
    ),
  };
  return [time, ...(bots ? [botColumn(bots)] : []), ...COLUMNS];
}

function botColumn({ names, shared }: Pick<Bots, 'names' | 'shared'>): Column<WebhookEvent> {
  return {
    id: 'bot',
    title: 'Bot',
    width: 'minmax(52px, 1fr)',
    render: ({ bot_id }) => (
      <span title={bot_id}>
        <BotName id={bot_id} name={names.get(bot_id) ?? bot_id} isShared={shared.has(bot_id)} />
      </span>
    ),
  };
}

const COLUMNS: readonly Column<WebhookEvent>[] = [
  {
    id: 'type',
    title: 'Event',
    width: 'minmax(76px, 112px)',
    render: ({ event_type, status }) => (
      <span title={`${event_type}, ${status}`}>
        <PhoneMark tone={EVENT_STATUS_TONES[status]} word={status} />
        <span>{event_type}</span>
      </span>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    width: '86px',
    hideBelow: 'tablet',
    render: ({ status }) => <ToneBadge tone={EVENT_STATUS_TONES[status]}>{status}</ToneBadge>,
  },
  {
    id: 'update',
    title: 'Update',
    width: 'minmax(96px, 1fr)',
    align: 'end',
    hideBelow: 'tablet',
    render: ({ update_id }) => <span title={`${update_id ?? ''}`}>{update_id ?? UNKNOWN}</span>,
  },
  {
    id: 'update_type',
    title: 'Update type',
    width: 'minmax(90px, 124px)',
    hideBelow: 'desktop',
    hint: 'Type of the update, such as message or callback_query',
    render: ({ update_type }) => update_type ?? UNKNOWN,
  },
  {
    id: 'took',
    title: 'Duration',
    width: '76px',
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
    render: (event) => <span title={errorOf(event)}>{errorOf(event)}</span>,
  },
];

function errorOf({ error_type, error_message }: WebhookEvent): string {
  return [error_type, error_message].filter((text) => text !== null).join(': ');
}
