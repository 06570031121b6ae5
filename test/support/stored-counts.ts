/** What the store holds, summed over log partitions and epochs, in the form of `expectedCounts`. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { type WindowCounts, windowKey } from './expected-counts.ts';

const TABLES = ['webhook_events', 'webhook_metrics', 'webhook_slices', 'webhook_positions'];

const SUMMED = [
  'requests_received',
  'requests_processed',
  'requests_failed',
  'responses_sent',
  'retries',
  'signature_validation_failures',
  'timeout_errors',
  'processing_errors',
  'processing_time_sum_ms',
  'processing_time_count',
  'response_time_sum_ms',
  'response_time_count',
];
const COUNTS = [
  ...SUMMED.map((column) => `sum(${column}) AS ${column}`),
  'max(toUnixTimestamp64Milli(last_event_at)) AS last_event_ms',
].join(', ');

type CountsRow = WindowCounts & { readonly bot_id: string; readonly start_seconds: number };

/** By `bot start`. */
export function storedHours(client: ClickHouseClient): Promise<Record<string, WindowCounts>> {
  return selectCounts(
    client,
    `SELECT bot_id, toUnixTimestamp(toDateTime(date, 'UTC')) + hour * 3600 AS start_seconds, ${COUNTS}
     FROM webhook_metrics FINAL GROUP BY bot_id, start_seconds`,
  );
}

/** Slices that start at or after a moment, by `bot start`. */
export function storedSlices(
  client: ClickHouseClient,
  sinceMs: number,
): Promise<Record<string, WindowCounts>> {
  return selectCounts(
    client,
    `SELECT bot_id, toUnixTimestamp(start) AS start_seconds, ${COUNTS}
     FROM webhook_slices FINAL WHERE start >= fromUnixTimestamp64Milli(${sinceMs}, 'UTC')
     GROUP BY bot_id, start_seconds`,
  );
}

/** Ids of the raw events, sorted; an event that is there twice stands twice. */
export async function storedEventIds(client: ClickHouseClient): Promise<string[]> {
  const rows = await select<{ id: string }>(
    client,
    'SELECT toString(event_id) AS id FROM webhook_events FINAL ORDER BY id',
  );
  return rows.map(({ id }) => id);
}

/** The next offset of each partition in its newest epoch. */
export async function storedPositions(client: ClickHouseClient): Promise<Map<number, bigint>> {
  const rows = await select<{ partition: number; next_offset: string }>(
    client,
    `SELECT log_partition AS partition, toString(argMax(next_offset, (log_epoch, next_offset))) AS next_offset
     FROM webhook_positions GROUP BY log_partition`,
  );
  return new Map(rows.map(({ partition, next_offset }) => [partition, BigInt(next_offset)]));
}

/** Empties the tables for the next test. */
export async function emptyStore(client: ClickHouseClient): Promise<void> {
  for (const table of TABLES) await client.command({ query: `TRUNCATE TABLE ${table}` });
}

async function selectCounts(
  client: ClickHouseClient,
  query: string,
): Promise<Record<string, WindowCounts>> {
  const rows = await select<CountsRow>(client, query);
  return Object.fromEntries(
    rows.map(({ bot_id, start_seconds, ...counts }) => [windowKey(bot_id, start_seconds), counts]),
  );
}

async function select<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  const result = await client.query({ query, format: 'JSONEachRow' });
  return result.json<Row>();
}
