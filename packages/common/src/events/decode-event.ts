/** Reading an event off the log. What cannot be read is a verdict with its reason, not an exception. */
import { END_OF_STORABLE_TIME_MS } from '../values/moment.ts';
import { type WebhookEvent, webhookEventValidator } from './webhook-event.ts';

export type DecodedEvent =
  | { readonly readable: true; readonly event: WebhookEvent; readonly eventTimeMs: number }
  | { readonly readable: false; readonly kind: UnreadableKind; readonly reason: string };

/** For counting: `not_storable` is an event that every store would refuse. */
export type UnreadableKind = 'no_value' | 'not_utf8' | 'not_json' | 'not_an_event' | 'not_storable';

/** @param text - the value of a message on `webhook.events`; null for a tombstone */
export function decodeEvent(text: string | null): DecodedEvent {
  if (text === null) return unreadable('no_value', 'the message has no value');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable('not_json', 'the value is not JSON');
  }
  if (!webhookEventValidator.Check(value)) {
    return unreadable('not_an_event', describeFirstProblem(value));
  }
  const eventTimeMs = Date.parse(value.timestamp);
  if (!isReal(value.timestamp, eventTimeMs)) {
    return unreadable('not_an_event', 'timestamp: not a real date');
  }
  if (eventTimeMs < 0 || eventTimeMs >= END_OF_STORABLE_TIME_MS) {
    return unreadable('not_storable', 'timestamp: not a time that can be stored');
  }
  // Only an escape can be half of a surrogate pair: the text itself is UTF-8.
  if (text.includes('\\u') && !hasWellFormedTexts(value)) {
    return unreadable('not_storable', 'a text has a lone surrogate');
  }
  return { readable: true, event: value, eventTimeMs };
}

/** The 30th of February and 24 o'clock are read as the next day, but not by every store. */
function isReal(timestamp: string, timeMs: number): boolean {
  return new Date(timeMs).getUTCDate() === Number(timestamp.slice(8, 10));
}

/** The store refuses texts that have no UTF-8 form, and all that is stored with them. */
function hasWellFormedTexts(event: WebhookEvent): boolean {
  const { update_type, error_type, error_message, ip_address } = event;
  return [update_type, error_type, error_message, ip_address].every(
    (text) => text?.isWellFormed() ?? true,
  );
}

function unreadable(kind: UnreadableKind, reason: string): DecodedEvent {
  return { readable: false, kind, reason };
}

function describeFirstProblem(value: unknown): string {
  const [problem] = webhookEventValidator.Errors(value);
  if (!problem) return 'not an event';
  const field = problem.instancePath.slice(1);
  return field === '' ? problem.message : `${field}: ${problem.message}`;
}
