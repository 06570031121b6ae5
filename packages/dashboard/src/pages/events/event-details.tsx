/** One event with every field; from those that can be filtered by, to the events that are like it. */
import type { EventField, WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { namesOf } from '@hookpulse/common/values/records';
import { formatMs, UNKNOWN } from '../../format/numbers.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { Time } from '../../ui/time.tsx';
import './event-details.css';
import { FILTER_NAMES, type FilterName } from './event-query.ts';

/** In the order in which they are shown. */
const TITLES: Readonly<Record<EventField, string>> = {
  timestamp: 'Time',
  bot_id: 'Bot',
  event_type: 'Event',
  status: 'Status',
  update_id: 'Update id',
  update_type: 'Update type',
  processing_time_ms: 'Processing time',
  response_time_ms: 'Response time',
  error_type: 'Error type',
  error_message: 'Error message',
  ip_address: 'Client address',
  telegram_signature_valid: 'Secret valid',
  event_id: 'Event id',
};
const FIELDS = namesOf(TITLES);

export function EventDetails({ event }: { readonly event: WebhookEvent }) {
  return (
    <>
      <dl class="event-fields">
        {FIELDS.map((name) => (
          <div key={name}>
            <dt>{TITLES[name]}</dt>
            <dd>
              <FieldValue event={event} name={name} />
            </dd>
          </div>
        ))}
      </dl>
      <JsonView title="As JSON" value={event} what="the event as JSON" />
    </>
  );
}

interface FieldValueProps {
  readonly event: WebhookEvent;
  readonly name: EventField;
}

function FieldValue({ event, name }: FieldValueProps) {
  const value = event[name];
  if (value === null) return <span class="event-unknown">{UNKNOWN}</span>;
  switch (name) {
    case 'timestamp':
      return <Time at={event.timestamp} as="full" />;
    case 'processing_time_ms':
    case 'response_time_ms':
      return formatMs(event[name]);
    case 'telegram_signature_valid':
      return value ? 'Yes' : 'No';
    case 'error_message':
      return <span class="event-text">{value}</span>;
    default:
      return isFilter(name) ? likeIt(name, TITLES[name], `${value}`) : value;
  }
}

/** Leads to the events that have the same. */
function likeIt(name: FilterName, title: string, value: string) {
  const href = `/events?${new URLSearchParams({ [name]: value })}`;
  return (
    <a href={href} title={`All events with this ${title.toLowerCase()}`}>
      {value}
    </a>
  );
}

function isFilter(name: string): name is FilterName {
  return FILTER_NAMES.some((filter) => filter === name);
}
