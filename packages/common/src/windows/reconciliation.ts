/**
 * What a reconciliation says: per partition the log's end, the raw rows and the window sums, and
 * every hour of a bot in which they differ. The query API answers it, the command line reads it.
 */

import Type, { type Static } from 'typebox';
import { BotId } from '../events/webhook-event.ts';
import { Count } from '../values/count.ts';
import { COUNTER_NAMES } from './counters.ts';

/** What is compared: every count, and the durations behind the averages. */
export const COMPARED_NAMES = [
  ...COUNTER_NAMES,
  'processing_time_count',
  'processing_time_sum_ms',
  'response_time_count',
  'response_time_sum_ms',
] as const;
export type ComparedName = (typeof COMPARED_NAMES)[number];

/**
 * `counts`: both sides are there and differ. `missing_window`: raw events without an hourly row.
 * `no_raw_events`: an hourly row without raw events. `ahead_of_log`: the row claims to have seen
 * offsets that the log does not have, so the aggregator's own rows would not replace it.
 */
export const DIFFERENCE_KINDS = [
  'counts',
  'missing_window',
  'no_raw_events',
  'ahead_of_log',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

const Time = Type.String({ format: 'date-time' });
const Offset = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);

const SidesSchema = Type.Object({
  windows: Type.Number({ description: 'according to the hourly rows' }),
  raw: Type.Number({ description: 'according to the raw events that these rows include' }),
});
const CountDifferenceSchema = Type.Object({
  name: Type.Enum(COMPARED_NAMES),
  ...SidesSchema.properties,
});
export type CountDifference = Readonly<Static<typeof CountDifferenceSchema>>;

const DifferenceSchema = Type.Object({
  bot_id: Type.String(),
  hour: Type.String({ format: 'date-time', description: 'start of the hour, UTC' }),
  partition: Count,
  epoch: Count,
  kind: Type.Enum(DIFFERENCE_KINDS),
  next_offset: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'first offset that the hourly row does not include; null: no row',
  }),
  counts: Type.Array(CountDifferenceSchema, { description: 'those that differ' }),
});
export type Difference = Readonly<Static<typeof DifferenceSchema>>;

const PartitionSchema = Type.Object({
  partition: Count,
  epoch: Type.Union([Count, Type.Null()], { description: 'how often the topic was recreated' }),
  log_start_offset: Offset,
  log_end_offset: Offset,
  next_offset: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'every offset below this is stored; null: nothing is stored yet',
  }),
  lag: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'messages on the log that are not stored yet',
  }),
  raw_events: Type.Integer({ minimum: 0, description: 'raw rows of the hours compared' }),
  raw_events_to_come: Type.Integer({
    minimum: 0,
    description: 'of these, rows whose windows are not stored yet',
  }),
  windows: Type.Integer({ minimum: 0, description: 'hourly rows compared' }),
  sums: Type.Record(Type.String(), SidesSchema, {
    description: 'by name, over all hours compared',
  }),
  differing_windows: Count,
  problem: Type.Union([Type.String(), Type.Null()], {
    description: 'what is wrong with the partition as a whole',
  }),
});
export type ReconciledPartition = Readonly<Static<typeof PartitionSchema>>;

export const ReconciliationSchema = Type.Object({
  status: Type.Enum(['agrees', 'differs'] as const),
  timestamp: Time,
  from: Type.String({ format: 'date-time', description: 'start of the first hour compared' }),
  to: Type.String({ format: 'date-time', description: 'end of the last hour compared' }),
  raw_events_since: Type.String({
    format: 'date-time',
    description: 'earlier hours cannot be compared: their raw events are past the retention',
  }),
  bot_id: Type.Union([BotId, Type.Null()]),
  partitions: Type.Array(PartitionSchema),
  differences: Type.Array(DifferenceSchema, { description: 'limited; the total is exact' }),
  differences_total: Count,
});
export type Reconciliation = Readonly<Static<typeof ReconciliationSchema>>;
