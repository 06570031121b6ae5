/**
 * Windows: hours and slices. A row is the whole state of a bot's window as one partition of the log
 * has fed it.
 */

import { LatencyDigest } from '@hookpulse/common/digest/latency-digest';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { Count } from '@hookpulse/common/values/count';
import { iso } from '@hookpulse/common/values/iso';
import { namesOf, pick } from '@hookpulse/common/values/records';
import { COUNTER_FIELDS, COUNTER_NAMES } from '@hookpulse/common/windows/counters';
import { latenciesOf, type Window, type WindowSnapshot } from '@hookpulse/common/windows/window';
import Type, { type Static } from 'typebox';
import { STATE_COLUMNS, type StatePosition, stateColumns } from './positions.ts';
import {
  defineTable,
  digits,
  milliseconds,
  type Reading,
  type RowOf,
  TimeMs,
  TimeText,
} from './table.ts';

const WINDOW_COLUMNS = {
  ...COUNTER_FIELDS,
  processing_time_sum_ms: Type.Number(),
  processing_time_count: Count,
  response_time_sum_ms: Type.Number(),
  response_time_count: Count,
  last_event_at: TimeText,
  /** Base64 of the digest's bytes: JSON is text, and a base64 string parses far faster than an array. */
  latency_digest: Type.String(),
};

const Latency = Nullable(Type.Number());
/** What hours keep beside the digest that it is read from. */
const LATENCY_COLUMNS = {
  avg_processing_time_ms: Latency,
  p50_processing_time_ms: Latency,
  p95_processing_time_ms: Latency,
  p99_processing_time_ms: Latency,
  avg_response_time_ms: Latency,
};

/** Start of a row's window, seconds since the epoch, UInt32. */
const HOUR_START_S = "toUInt32(toUnixTimestamp(toDateTime(date, 'UTC')) + hour * 3600)";
const SLICE_START_S = 'toUInt32(toUnixTimestamp(start))';

export const HOURS = defineTable(
  'webhook_metrics',
  {
    bot_id: Type.String(),
    date: Type.String(),
    hour: Count,
    ...STATE_COLUMNS,
    ...WINDOW_COLUMNS,
    ...LATENCY_COLUMNS,
  },
  readings(HOUR_START_S),
);

export const SLICES = defineTable(
  'webhook_slices',
  {
    /** Seconds since the epoch. */
    start: Count,
    bot_id: Type.String(),
    ...STATE_COLUMNS,
    ...WINDOW_COLUMNS,
  },
  readings(SLICE_START_S),
);

function readings(startSeconds: string) {
  const start_ms: Reading<typeof TimeMs> = {
    sql: `toInt64(${startSeconds}) * 1000`,
    schema: TimeMs,
  };
  return {
    start_ms,
    next_offset: digits('next_offset'),
    last_event_ms: milliseconds('last_event_at'),
  };
}

/** What a query selects to get a window. */
export const WINDOW_NAMES = [
  ...COUNTER_NAMES,
  'processing_time_sum_ms',
  'processing_time_count',
  'response_time_sum_ms',
  'response_time_count',
  'last_event_ms',
  'latency_digest',
] as const;

const WINDOW = SLICES.select(...WINDOW_NAMES);
export type StoredWindowRow = Readonly<Static<Type.TObject<(typeof WINDOW)['fields']>>>;

/** What a query selects to get a window, the end of what it has seen, and whose it is. */
const KEYED_WINDOW_NAMES = ['bot_id', 'start_ms', 'next_offset', ...WINDOW_NAMES] as const;
export const KEYED_WINDOW_FIELDS = SLICES.select(...KEYED_WINDOW_NAMES).fields;
/** What hours have beside it. */
export const LATENCY_FIELDS = Type.Partial(Type.Object(LATENCY_COLUMNS)).properties;

/**
 * For queries that read either table in the same way. `from`, `to`: conditions on the sort key that
 * spare reading other parts; they take `{from: UInt32}` and `{to: UInt32}`. `keyedWindow`: what is
 * selected for `KEYED_WINDOW_FIELDS`. `latencies`: columns that the digest gives as well.
 */
export const WINDOW_TABLES = {
  hours: {
    name: HOURS.name,
    startSeconds: HOUR_START_S,
    from: "date >= toDate(toDateTime({from: UInt32}, 'UTC'))",
    to: "date <= toDate(toDateTime({to: UInt32}, 'UTC'))",
    keyedWindow: HOURS.select(...KEYED_WINDOW_NAMES).sql,
    latencies: namesOf(LATENCY_COLUMNS),
  },
  slices: {
    name: SLICES.name,
    startSeconds: SLICE_START_S,
    from: "start >= toDateTime({from: UInt32}, 'UTC')",
    to: "start <= toDateTime({to: UInt32}, 'UTC')",
    keyedWindow: SLICES.select(...KEYED_WINDOW_NAMES).sql,
    latencies: [],
  },
} as const;

export type WindowKind = keyof typeof WINDOW_TABLES;

/** A window of a bot. */
export interface BotWindow {
  readonly botId: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly window: WindowSnapshot;
}

export function hourRow(
  { botId, startMs, window }: BotWindow,
  position: StatePosition,
): RowOf<typeof HOURS> {
  const start = iso(startMs);
  return {
    bot_id: botId,
    date: start.slice(0, 10),
    hour: Number(start.slice(11, 13)),
    ...stateColumns(position),
    ...windowToRow(window),
    ...latenciesOf(window),
  };
}

export function sliceRow(
  { botId, startMs, window }: BotWindow,
  position: StatePosition,
): RowOf<typeof SLICES> {
  return {
    start: startMs / 1_000,
    bot_id: botId,
    ...stateColumns(position),
    ...windowToRow(window),
  };
}

/** @param window - not empty: a row stands for at least one event */
export function windowToRow(window: WindowSnapshot) {
  return {
    ...window.counters,
    processing_time_sum_ms: window.processing.sumMs,
    processing_time_count: window.processing.count,
    response_time_sum_ms: window.response.sumMs,
    response_time_count: window.response.count,
    last_event_at: iso(window.lastEventMs ?? 0),
    latency_digest: toBase64(window.digest),
  };
}

/** @throws RangeError when the digest cannot be read. */
export function windowFromRow(row: StoredWindowRow): Window {
  return {
    counters: pick(row, COUNTER_NAMES),
    processing: { sumMs: row.processing_time_sum_ms, count: row.processing_time_count },
    response: { sumMs: row.response_time_sum_ms, count: row.response_time_count },
    latency: LatencyDigest.fromBytes(Buffer.from(row.latency_digest, 'base64')),
    lastEventMs: row.last_event_ms,
  };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
