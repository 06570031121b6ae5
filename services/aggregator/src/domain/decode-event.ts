/** Reading an event off the log. What cannot be read is a verdict with its reason, not an exception. */
import { type WebhookEvent, webhookEventValidator } from '@hookpulse/common/domain/webhook-event';

export type DecodedEvent =
  | { readonly readable: true; readonly event: WebhookEvent; readonly eventTimeMs: number }
  | { readonly readable: false; readonly reason: string };

/** @param text - the value of a message on `webhook.events`; null for a tombstone */
export function decodeEvent(text: string | null): DecodedEvent {
  if (text === null) return unreadable('the message has no value');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable('the value is not JSON');
  }
  if (!webhookEventValidator.Check(value)) return unreadable(describeFirstProblem(value));
  const eventTimeMs = Date.parse(value.timestamp);
  if (Number.isNaN(eventTimeMs)) return unreadable('timestamp: not a real date');
  return { readable: true, event: value, eventTimeMs };
}

function unreadable(reason: string): DecodedEvent {
  return { readable: false, reason };
}

function describeFirstProblem(value: unknown): string {
  const [problem] = webhookEventValidator.Errors(value);
  if (!problem) return 'not an event';
  const field = problem.instancePath.slice(1);
  return field === '' ? problem.message : `${field}: ${problem.message}`;
}
