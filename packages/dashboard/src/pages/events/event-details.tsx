/** One event with every field; from those that can be filtered by, to the events that are like it. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { formatMs, UNKNOWN } from '../../format/numbers.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Time } from '../../ui/time.tsx';
import './event-details.css';
import { FILTER_NAMES, type FilterName } from './event-query.ts';

interface Field {
  readonly name: keyof WebhookEvent;
  readonly title: string;
}

const FIELDS: readonly Field[] = [
  { name: 'timestamp', title: 'Time' },
  { name: 'bot_id', title: 'Bot' },
  { name: 'event_type', title: 'Event' },
  { name: 'status', title: 'Status' },
  { name: 'update_id', title: 'Update id' },
  { name: 'update_type', title: 'Update type' },
  { name: 'processing_time_ms', title: 'Processing time' },
  { name: 'response_time_ms', title: 'Response time' },
  { name: 'error_type', title: 'Error type' },
  { name: 'error_message', title: 'Error message' },
  { name: 'ip_address', title: 'Client address' },
  { name: 'telegram_signature_valid', title: 'Secret valid' },
  { name: 'event_id', title: 'Event id' },
];

export function EventDetails({ event }: { readonly event: WebhookEvent }) {
  const json = JSON.stringify(event, null, 2);
  return (
    <>
      <dl class="event-fields">
        {FIELDS.map((field) => (
          <div key={field.name}>
            <dt>{field.title}</dt>
            <dd>
              <FieldValue event={event} field={field} />
            </dd>
          </div>
        ))}
      </dl>
      <section class="event-json">
        <header>
          <h3>As JSON</h3>
          <CopyButton text={json} what="the event as JSON" />
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
        <pre tabIndex={0}>{json}</pre>
      </section>
    </>
  );
}

interface FieldValueProps {
  readonly event: WebhookEvent;
  readonly field: Field;
}

function FieldValue({ event, field: { name, title } }: FieldValueProps) {
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
      return isFilter(name) ? likeIt(name, title, `${value}`) : value;
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
