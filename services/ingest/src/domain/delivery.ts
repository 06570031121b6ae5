/**
 * A delivery by Telegram as it goes onto the log: the update on `telegram.updates` and its `received`
 * event on `webhook.events`. Both are written as JSON text directly, since this is done for every
 * request: every value spliced in is of an ASCII alphabet that JSON does not escape, and the update is
 * the body's own bytes, so that no number of it is rounded on the way.
 */
import { newEventId, receivedEventId } from '@hookpulse/common/domain/event-identity';
import { INVALID_SIGNATURE } from '@hookpulse/common/domain/webhook-event';
import type { Update } from './update.ts';

export interface Delivery extends Update {
  readonly botId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** The same, ISO 8601 in UTC. */
  readonly receivedAt: string;
  /** A valid IPv4 or IPv6 address, or null. */
  readonly ipAddress: string | null;
}

/** Value on `telegram.updates`, but for the update itself and `UPDATE_RECORD_END` after it. */
export function updateRecordStart(delivery: Delivery): string {
  return `{"bot_id":"${delivery.botId}","received_at":"${delivery.receivedAt}","update":`;
}

export const UPDATE_RECORD_END = '}';

/** Value on `webhook.events` of a genuine delivery; the same `event_id` each time it is delivered. */
export function receivedEvent(delivery: Delivery): string {
  const eventId = receivedEventId(delivery.botId, delivery.updateId);
  return eventText(delivery, eventId, 'success', 'null', 'true');
}

/**
 * Value on `webhook.events` of a delivery whose secret was missing or wrong. Its id is a new one: a
 * forged update must neither hide the genuine one nor another forgery.
 */
export function rejectedEvent(delivery: Delivery): string {
  const eventId = newEventId(delivery.receivedAtMs);
  return eventText(delivery, eventId, 'failed', `"${INVALID_SIGNATURE}"`, 'false');
}

function eventText(
  delivery: Delivery,
  eventId: string,
  status: 'success' | 'failed',
  errorType: string,
  signatureValid: 'true' | 'false',
): string {
  const { botId, updateId, updateType, ipAddress, receivedAt } = delivery;
  return (
    `{"event_id":"${eventId}","bot_id":"${botId}","event_type":"received","status":"${status}"` +
    `,"timestamp":"${receivedAt}","update_id":${updateId},"update_type":${orNull(updateType)}` +
    `,"processing_time_ms":null,"response_time_ms":null,"error_type":${errorType}` +
    `,"error_message":null,"ip_address":${orNull(ipAddress)}` +
    `,"telegram_signature_valid":${signatureValid}}`
  );
}

function orNull(text: string | null): string {
  return text === null ? 'null' : `"${text}"`;
}
