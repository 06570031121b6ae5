/**
 * A delivery by Telegram as it goes onto the log: the update on `telegram.updates` and its `received`
 * event on `webhook.events`. Both are written as JSON text directly, since this is done for every
 * request: every value spliced in is of an ASCII alphabet that JSON does not escape, and the update is
 * the body's own bytes, so that no number of it is rounded on the way.
 */
import {
  invalidUpdateEventId,
  newEventId,
  receivedEventId,
} from '@hookpulse/common/events/event-identity';
import { INVALID_SIGNATURE, INVALID_UPDATE } from '@hookpulse/common/events/webhook-event';
import type { Update } from './update.ts';

/** What is known of a delivery before its body is read. */
export interface Delivery {
  readonly botId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** The same, ISO 8601 in UTC. */
  readonly receivedAt: string;
  /** As `normalIpAddress` gives it. */
  readonly ipAddress: string | null;
}

/** Value on `telegram.updates`, but for the update itself and `UPDATE_RECORD_END` after it. */
export function updateRecordStart({ botId, receivedAt }: Delivery): string {
  return `{"bot_id":"${botId}","received_at":"${receivedAt}","update":`;
}

export const UPDATE_RECORD_END = '}';

/** An event, written out. */
export interface EventText {
  readonly id: string;
  /** Value on `webhook.events`: ASCII. */
  readonly text: string;
}

/** Event of a genuine delivery; the same `event_id` each time it is delivered. */
export function receivedEvent(delivery: Delivery, update: Update): EventText {
  const eventId = receivedEventId(delivery.botId, update.updateId);
  return eventText(delivery, eventId, update, GENUINE);
}

/**
 * Event of a delivery whose secret was missing or wrong. Its id is a new one, since
 * nothing of the body is looked at.
 */
export function forgedEvent(delivery: Delivery): EventText {
  return eventText(delivery, newEventId(delivery.receivedAtMs), UNKNOWN_UPDATE, FORGED);
}

/**
 * Event of a genuine delivery whose body is no update; the same `event_id` each
 * time Telegram repeats that body.
 *
 * @param problem - ASCII that JSON does not escape
 */
export function invalidUpdateEvent(
  delivery: Delivery,
  body: Uint8Array,
  problem: string,
): EventText {
  const eventId = invalidUpdateEventId(delivery.botId, body);
  return eventText(delivery, eventId, UNKNOWN_UPDATE, { ...INVALID, errorMessage: `"${problem}"` });
}

/** How a delivery ended, as JSON texts. */
interface Outcome {
  readonly status: 'success' | 'failed';
  readonly errorType: string;
  readonly errorMessage: string;
  readonly signatureValid: 'true' | 'false';
}

const GENUINE: Outcome = {
  status: 'success',
  errorType: 'null',
  errorMessage: 'null',
  signatureValid: 'true',
};
const FORGED: Outcome = {
  status: 'failed',
  errorType: `"${INVALID_SIGNATURE}"`,
  errorMessage: 'null',
  signatureValid: 'false',
};
const INVALID: Outcome = {
  status: 'failed',
  errorType: `"${INVALID_UPDATE}"`,
  errorMessage: 'null',
  signatureValid: 'true',
};

const UNKNOWN_UPDATE = { updateId: null, updateType: null } as const;

function eventText(
  { botId, ipAddress, receivedAt }: Delivery,
  id: string,
  { updateId, updateType }: Update | typeof UNKNOWN_UPDATE,
  { status, errorType, errorMessage, signatureValid }: Outcome,
): EventText {
  const text =
    `{"event_id":"${id}","bot_id":"${botId}","event_type":"received","status":"${status}"` +
    `,"timestamp":"${receivedAt}","update_id":${updateId},"update_type":${orNull(updateType)}` +
    `,"processing_time_ms":null,"response_time_ms":null,"error_type":${errorType}` +
    `,"error_message":${errorMessage},"ip_address":${orNull(ipAddress)}` +
    `,"telegram_signature_valid":${signatureValid}}`;
  return { id, text };
}

function orNull(text: string | null): string {
  return text === null ? 'null' : `"${text}"`;
}
