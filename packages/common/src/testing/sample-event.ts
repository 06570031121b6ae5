/** An event for tests, whole and plain: a test states only what it is about. */
import { NO_DETAILS, type WebhookEvent } from '../events/webhook-event.ts';

const PLAIN_EVENT: WebhookEvent = {
  event_id: '00000000-0000-4000-8000-000000000001',
  bot_id: 'bot',
  event_type: 'received',
  status: 'success',
  timestamp: '2026-02-10T20:00:00.000Z',
  ...NO_DETAILS,
  update_id: 1,
  update_type: 'message',
};

/** The status follows from the type, as it does for events that are reported. */
export function sampleEvent(fields: Partial<WebhookEvent> = {}): WebhookEvent {
  return { ...PLAIN_EVENT, status: defaultStatus(fields.event_type), ...fields };
}

/** A UUID for the n-th event of a test. */
export function sampleEventId(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

function defaultStatus(type: WebhookEvent['event_type'] = 'received'): WebhookEvent['status'] {
  if (type === 'error') return 'failed';
  return type === 'retry' ? 'pending' : 'success';
}
