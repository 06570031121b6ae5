/** Types of columns as they come in JSON. */

import { COUNTER_FIELDS } from '@hookpulse/api/counter-fields';
import { Count } from '@hookpulse/common/values/count';
import Type from 'typebox';

export const DurationSum = Type.Number({ minimum: 0 });
/** Milliseconds since the epoch. */
export const TimeMs = Type.Integer();

/** A window as `STORED_WINDOW_COLUMNS` selects it, with the start that the query adds. */
export const StartedWindowRow = Type.Object({
  start_ms: TimeMs,
  ...COUNTER_FIELDS,
  processing_time_sum_ms: DurationSum,
  processing_time_count: Count,
  response_time_sum_ms: DurationSum,
  response_time_count: Count,
  last_event_ms: TimeMs,
  latency_digest: Type.String(),
});
