/** Hours of `webhook_metrics` summed up over bots, partitions or the hours of a day. */

import { COUNTER_FIELDS } from '@hookpulse/api/counter-fields';
import type { MetricsUnit, SummedWindow } from '@hookpulse/api/metrics-row';
import { Count } from '@hookpulse/common/values/count';
import { COUNTER_NAMES, emptyCounters } from '@hookpulse/common/windows/counters';
import Type, { type Static } from 'typebox';
import { DurationSum, TimeMs } from './row-types.ts';

/** Start of the hour or day of a row, milliseconds since the epoch. */
export const START_MS: Readonly<Record<MetricsUnit, string>> = {
  hour: `(toInt64(toUnixTimestamp(toDateTime(date, 'UTC'))) + hour * 3600) * 1000`,
  day: `toInt64(toUnixTimestamp(toDateTime(date, 'UTC'))) * 1000`,
};

/** Aggregates over rows. Named unlike their columns: an alias would shadow them in the same query. */
export const SUMMED_COLUMNS = [
  ...[
    ...COUNTER_NAMES,
    'processing_time_sum_ms',
    'processing_time_count',
    'response_time_sum_ms',
    'response_time_count',
  ].map((name) => `sum(${name}) AS total_${name}`),
  'toUnixTimestamp64Milli(max(last_event_at)) AS last_event_ms',
  // Of windows without a duration it has no values, and there are many of them.
  'groupArrayIf(latency_digest, processing_time_count > 0) AS digests',
].join(',\n      ');

type TotalName = `total_${(typeof COUNTER_NAMES)[number]}`;

const TotalFields = Object.fromEntries(
  Object.entries(COUNTER_FIELDS).map(([name, schema]) => [`total_${name}`, schema]),
) as Record<TotalName, typeof Count>;

export const SummedRow = Type.Object({
  start_ms: TimeMs,
  ...TotalFields,
  total_processing_time_sum_ms: DurationSum,
  total_processing_time_count: Count,
  total_response_time_sum_ms: DurationSum,
  total_response_time_count: Count,
  last_event_ms: TimeMs,
  digests: Type.Array(Type.String()),
});

export function summedWindow(row: Static<typeof SummedRow>): SummedWindow {
  const counters = emptyCounters();
  for (const name of COUNTER_NAMES) counters[name] = row[`total_${name}`];
  return {
    counters,
    processing: {
      sumMs: row.total_processing_time_sum_ms,
      count: row.total_processing_time_count,
    },
    response: { sumMs: row.total_response_time_sum_ms, count: row.total_response_time_count },
    lastEventMs: row.last_event_ms,
  };
}

export function digestBytes(base64: string): Uint8Array {
  return Buffer.from(base64, 'base64');
}
