/** A span of a bot's events as the health API shows it: counts, rate and latencies. */

import { Count } from '@hookpulse/common/values/count';
import {
  COUNTER_FIELDS,
  errorRate,
  errorsOf,
  eventsOf,
  formatRate,
} from '@hookpulse/common/windows/counters';
import { averageMs, type Window } from '@hookpulse/common/windows/window';
import Type, { type Static } from 'typebox';
import { roundMs } from './rounding.ts';

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
  ...COUNTER_FIELDS,
  avg_processing_time_ms: Latency,
  p50_processing_time_ms: Latency,
  p95_processing_time_ms: Latency,
  p99_processing_time_ms: Latency,
  avg_response_time_ms: Latency,
};

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
