/** Events of all kinds, each with an id of its own, spread over some time. */
import { EVENT_TYPES, type WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';

export interface TrafficSpan {
  readonly bots: readonly string[];
  /** Event times lie in between, in no order; milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Its multiples, less their whole parts, are spread evenly, however many there are. */
const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;
/** A prime, so that duration, type and bot of successive events have no common rhythm. */
const DURATION_MODULUS = 997;

let eventsMade = 0;

export function trafficOf(count: number, { bots, fromMs, toMs }: TrafficSpan): WebhookEvent[] {
  return Array.from({ length: count }, () => {
    eventsMade += 1;
    const n = eventsMade;
    const timeMs = fromMs + Math.floor(((n * GOLDEN_RATIO) % 1) * (toMs - fromMs));
    return sampleEvent({
      event_id: sampleEventId(n),
      bot_id: bots[n % bots.length] ?? 'bot',
      timestamp: new Date(timeMs).toISOString(),
      update_id: n,
      ...varietyOf(n),
    });
  });
}

function varietyOf(n: number): Partial<WebhookEvent> {
  const event_type = EVENT_TYPES[Math.floor(n / 3) % EVENT_TYPES.length] ?? 'received';
  const duration = n % DURATION_MODULUS;
  switch (event_type) {
    case 'received':
      return n % 4 === 0
        ? { event_type, status: 'failed', error_type: 'InvalidSignature' }
        : { event_type };
    case 'processed':
      return { event_type, processing_time_ms: n % 4 === 0 ? null : duration };
    case 'error':
      return {
        event_type,
        error_type: n % 2 === 0 ? 'Timeout' : 'ValueError',
        processing_time_ms: duration,
      };
    case 'response_sent':
      return {
        event_type,
        status: n % 4 === 0 ? 'failed' : 'success',
        response_time_ms: duration,
      };
    case 'retry':
      return { event_type };
    default:
      return event_type satisfies never;
  }
}
