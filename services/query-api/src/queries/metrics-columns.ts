/** Hours of `webhook_metrics`, or slices, summed up over bots, partitions, the hours of a day or a minute. */

import { type MetricsUnit, type SummedWindow, UNIT_MS } from '@hookpulse/api/metrics-row';
import { Count } from '@hookpulse/common/values/count';
import { recordOf } from '@hookpulse/common/values/records';
import { COUNTER_NAMES, emptyCounters } from '@hookpulse/common/windows/counters';
import { DurationSum, TimeMs } from '@hookpulse/store/tables/table';
import { HOURS } from '@hookpulse/store/tables/windows';
import Type, { type Static } from 'typebox';

/** Start of the minute of a slice, or of the hour or day of a row; milliseconds since the epoch. */
export const START_MS: Readonly<Record<MetricsUnit, string>> = {
  minute: `intDiv(toInt64(toUnixTimestamp(start)) * 1000, ${UNIT_MS.minute}) * ${UNIT_MS.minute}`,
  hour: HOURS.readings.start_ms.sql,
  day: `toInt64(toUnixTimestamp(toDateTime(date, 'UTC'))) * 1000`,
};

/** Aggregates over rows, but for percentiles. Named unlike their columns: an alias would shadow them in the same query. */
export const COUNTED_COLUMNS = [
  ...[
    ...COUNTER_NAMES,
    'processing_time_sum_ms',
    'processing_time_count',
    'response_time_sum_ms',
    'response_time_count',
  ].map((name) => `sum(${name}) AS total_${name}`),
  'toUnixTimestamp64Milli(max(last_event_at)) AS last_event_ms',
].join(',\n      ');

// Of windows without a duration it has no values, and there are many of them.
export const SUMMED_COLUMNS = `${COUNTED_COLUMNS},
      groupArrayIf(latency_digest, processing_time_count > 0) AS digests`;

const TOTAL_NAMES = COUNTER_NAMES.map((name) => `total_${name}` as const);

export const COUNTED_FIELDS = {
  start_ms: TimeMs,
  ...recordOf(TOTAL_NAMES, () => Count),
  total_processing_time_sum_ms: DurationSum,
  total_processing_time_count: Count,
  total_response_time_sum_ms: DurationSum,
  total_response_time_count: Count,
  last_event_ms: TimeMs,
};

export const SUMMED_FIELDS = { ...COUNTED_FIELDS, digests: Type.Array(Type.String()) };

export function summedWindow(row: Static<Type.TObject<typeof COUNTED_FIELDS>>): SummedWindow {
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
