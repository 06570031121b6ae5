/** Counting (contract, section 4): what a span of a bot's events adds up to. */
import { INVALID_SIGNATURE, TIMEOUT, type WebhookEvent } from '../events/webhook-event.ts';
import { Count } from '../values/count.ts';
import { recordOf } from '../values/records.ts';

/** In the order in which tables and answers have them. */
export const COUNTER_NAMES = [
  'requests_received',
  'requests_processed',
  'requests_failed',
  'responses_sent',
  'retries',
  'signature_validation_failures',
  'timeout_errors',
  'processing_errors',
] as const;

export type Counters = Record<(typeof COUNTER_NAMES)[number], number>;

/** As fields of a schema, for answers and for rows alike. */
export const COUNTER_FIELDS = recordOf(COUNTER_NAMES, () => Count);

const ZERO: Readonly<Counters> = recordOf(COUNTER_NAMES, () => 0);

export function emptyCounters(): Counters {
  return { ...ZERO };
}

/** Adds one event, in place. */
export function countEvent(
  counters: Counters,
  event: Pick<WebhookEvent, 'event_type' | 'status' | 'error_type'>,
): void {
  switch (event.event_type) {
    case 'received':
      counters.requests_received += 1;
      if (event.status === 'failed') {
        counters.requests_failed += 1;
        if (event.error_type === INVALID_SIGNATURE) counters.signature_validation_failures += 1;
      }
      return;
    case 'processed':
      counters.requests_processed += 1;
      return;
    case 'error':
      counters.requests_failed += 1;
      if (event.error_type === TIMEOUT) counters.timeout_errors += 1;
      else counters.processing_errors += 1;
      return;
    case 'response_sent':
      if (event.status === 'success') counters.responses_sent += 1;
      return;
    case 'retry':
      counters.retries += 1;
      return;
    default:
      event.event_type satisfies never;
  }
}

/** Adds `other` to `counters`, in place. */
export function addCounters(counters: Counters, other: Readonly<Counters>): void {
  for (const name of COUNTER_NAMES) counters[name] += other[name];
}

type Requests = Readonly<
  Pick<Counters, 'requests_received' | 'requests_processed' | 'requests_failed'>
>;

/** One update reported as received and as processed is one event, so the larger side counts. */
export function eventsOf(counters: Requests): number {
  return Math.max(
    counters.requests_received,
    counters.requests_processed + counters.requests_failed,
  );
}

export function errorsOf(counters: Requests): number {
  return counters.requests_failed;
}

/** Share of errors, 0 to 1; 0 when there were no events. */
export function errorRate(errors: number, events: number): number {
  return events === 0 ? 0 : errors / events;
}

/** A share as people read it: one decimal and a per cent sign, `"1.3%"`. */
export function formatRate(rate: number): string {
  return `${(rate * 100).toFixed(1)}%`;
}
