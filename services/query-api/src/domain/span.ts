/** A span of a bot's events as the health API shows it: counts, rate and latencies. */
import {
  type Counters,
  errorRate,
  errorsOf,
  eventsOf,
  formatRate,
} from '@hookpulse/common/domain/counters';
import { averageMs, type Window } from '@hookpulse/common/domain/window';
import Type, { type Static } from 'typebox';
import { roundMs } from './rounding.ts';

const Count = Type.Integer({ minimum: 0 });
const Latency = Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
  description: 'milliseconds; null when nothing was measured',
});

export const RateText = Type.String({
  pattern: '^\\d+\\.\\d%$',
  description: 'share of errors, one decimal and a per cent sign',
});

/** The fields of a span, for schemas that add some of their own. */
export const SPAN_FIELDS = {
  events: Count,
  errors: Count,
  error_rate: RateText,
  requests_received: Count,
  requests_processed: Count,
  requests_failed: Count,
  responses_sent: Count,
  retries: Count,
  signature_validation_failures: Count,
  timeout_errors: Count,
  processing_errors: Count,
  avg_processing_time_ms: Latency,
  p50_processing_time_ms: Latency,
  p95_processing_time_ms: Latency,
  p99_processing_time_ms: Latency,
  avg_response_time_ms: Latency,
} satisfies Record<keyof Counters, unknown> & Record<string, unknown>;

export const SpanSchema = Type.Object(SPAN_FIELDS);
export type Span = Static<typeof SpanSchema>;

/** @param window - everything of the span; its counters are already summed */
export function spanOf(window: Window): Span {
  const events = eventsOf(window.counters);
  const errors = errorsOf(window.counters);
  return {
    events,
    errors,
    error_rate: formatRate(errorRate(errors, events)),
    ...window.counters,
    avg_processing_time_ms: roundMs(averageMs(window.processing)),
    p50_processing_time_ms: roundMs(window.latency.percentile(0.5)),
    p95_processing_time_ms: roundMs(window.latency.percentile(0.95)),
    p99_processing_time_ms: roundMs(window.latency.percentile(0.99)),
    avg_response_time_ms: roundMs(averageMs(window.response)),
  };
}
