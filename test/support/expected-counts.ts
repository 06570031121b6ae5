/**
 * What a list of events adds up to, by the words of the contract (section 4) and the shortest code: the
 * truth that stored windows are compared with. It shares nothing with the code that it judges.
 */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';

/** Columns that `webhook_metrics` and `webhook_slices` have, summed over log partitions. */
export interface WindowCounts {
  readonly requests_received: number;
  readonly requests_processed: number;
  readonly requests_failed: number;
  readonly responses_sent: number;
  readonly retries: number;
  readonly signature_validation_failures: number;
  readonly timeout_errors: number;
  readonly processing_errors: number;
  readonly processing_time_sum_ms: number;
  readonly processing_time_count: number;
  readonly response_time_sum_ms: number;
  readonly response_time_count: number;
  readonly last_event_ms: number;
}

/** By `bot start`, the start in ISO 8601. @param sizeSeconds - of a window */
export function expectedCounts(
  events: readonly WebhookEvent[],
  sizeSeconds: number,
): Record<string, WindowCounts> {
  const windows = Object.groupBy(events, ({ bot_id, timestamp }) => {
    const seconds = Date.parse(timestamp) / 1_000;
    return windowKey(bot_id, seconds - (seconds % sizeSeconds));
  });
  return Object.fromEntries(
    Object.entries(windows).map(([key, ofWindow = []]) => [key, countsOf(ofWindow)]),
  );
}

export function windowKey(botId: string, startSeconds: number): string {
  return `${botId} ${new Date(startSeconds * 1_000).toISOString()}`;
}

function countsOf(events: readonly WebhookEvent[]): WindowCounts {
  const ofType = (type: string) => events.filter(({ event_type }) => event_type === type);
  const errors = ofType('error');
  const timeouts = errors.filter(({ error_type }) => error_type === 'Timeout');
  const refused = ofType('received').filter(({ status }) => status === 'failed');
  const measured = [...ofType('processed'), ...errors].flatMap(({ processing_time_ms }) =>
    processing_time_ms === null ? [] : [processing_time_ms],
  );
  const answered = events.flatMap(({ response_time_ms }) =>
    response_time_ms === null ? [] : [response_time_ms],
  );
  return {
    requests_received: ofType('received').length,
    requests_processed: ofType('processed').length,
    requests_failed: errors.length + refused.length,
    responses_sent: ofType('response_sent').filter(({ status }) => status === 'success').length,
    retries: ofType('retry').length,
    signature_validation_failures: refused.filter(
      ({ error_type }) => error_type === 'InvalidSignature',
    ).length,
    timeout_errors: timeouts.length,
    processing_errors: errors.length - timeouts.length,
    processing_time_sum_ms: sum(measured),
    processing_time_count: measured.length,
    response_time_sum_ms: sum(answered),
    response_time_count: answered.length,
    last_event_ms: Math.max(...events.map(({ timestamp }) => Date.parse(timestamp))),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
