/**
 * Stored traffic of any size, made by ClickHouse itself within minutes: raw events spread over seven days
 * and many bots (one in twenty an error, an update id for every three events), and their hourly rows.
 */

import { createProgress } from '@hookpulse/common/runtime/progress';
import { until } from '@hookpulse/common/testing/until';
import type { ClickHouseClient } from '@hookpulse/store/open-client';

export interface StoredTraffic {
  /** Number of the first event: what it holds follows from it. */
  readonly from: number;
  /** Number of the event after the last one. */
  readonly to: number;
  readonly bots: number;
  /** The events end here, milliseconds since the epoch. */
  readonly nowMs: number;
}

export const TRAFFIC_SPAN_MS = 7 * 86_400_000;
const ROWS_A_BLOCK = 500_000;
const ERROR_ONE_IN = 20;
/** Of errors that are not rare: with four types a thousand groups, as the dashboard has to bear. */
const GROUPS_OF_A_TYPE = 250;
/** Of one type of error, for the filter that finds hardly anything. */
const RARE_EVENTS = 3;
const MERGED_TIMEOUT_MS = 600_000;

/* In the order of time, as an aggregator stores them. */
const RAW_SQL = `
  INSERT INTO webhook_events (event_id, bot_id, event_type, status, timestamp, update_id, update_type,
    processing_time_ms, response_time_ms, error_type, error_message, ip_address,
    telegram_signature_valid, log_partition, log_epoch, log_offset, error_fingerprint)
  SELECT
    generateUUIDv4(number) AS event_id,
    concat('bot-', toString(cityHash64(number, 1) % {bots:UInt32})) AS bot_id,
    multiIf(number % 20 = 0, 'error', number % 200 = 1, 'retry', number % 3 = 0, 'response_sent',
      number % 3 = 1, 'received', 'processed') AS event_type,
    multiIf(event_type = 'error', 'failed', event_type = 'retry', 'pending', 'success') AS status,
    fromUnixTimestamp64Milli(toInt64({now_ms:Int64}
      - intDiv(({end:Int64} - number) * {span_ms:Int64}, {end:Int64} - {start:Int64})), 'UTC') AS timestamp,
    intDiv(number, 3) AS update_id,
    if(cityHash64(number, 5) % 4 = 0, 'callback_query', 'message') AS update_type,
    if(event_type IN ('processed', 'error'), 5 + cityHash64(number, 2) % 1000 / 7, NULL) AS processing_time_ms,
    if(event_type = 'response_sent', cityHash64(number, 2) % 100, NULL) AS response_time_ms,
    if(event_type = 'error', if(number % {rare_every:UInt64} = 0, 'Rare',
      ['Timeout', 'ValueError', 'BotBlocked', 'RetryAfter'][1 + cityHash64(number, 3) % 4]), NULL) AS error_type,
    if(event_type = 'error', concat('something failed with ', toString(number)), NULL) AS error_message,
    if(event_type = 'received', '149.154.167.220', NULL) AS ip_address,
    if(event_type = 'received', true, NULL) AS telegram_signature_valid,
    cityHash64(bot_id) % 12 AS log_partition, 0 AS log_epoch, number AS log_offset,
    if(event_type = 'error', lower(hex(cityHash64(error_type, cityHash64(number, 4) % {groups:UInt32}))), '')
      AS error_fingerprint
  FROM numbers({from:UInt64}, {rows:UInt64})`;

/* The digest, as latency-digest-bytes writes it: version 1, no clusters, 20 single values. */
const HOURS_SQL = `
  INSERT INTO webhook_metrics (bot_id, date, hour, log_partition, log_epoch, next_offset,
    requests_received, requests_processed, requests_failed, responses_sent, retries, timeout_errors,
    processing_errors, processing_time_sum_ms, processing_time_count, last_event_at, latency_digest)
  SELECT bot_id, toDate(timestamp) AS date, toHour(timestamp) AS hour, any(log_partition), 0,
    count() AS next_offset,
    countIf(event_type = 'received'), countIf(event_type = 'processed'), countIf(event_type = 'error'),
    countIf(event_type = 'response_sent'), countIf(event_type = 'retry'),
    countIf(error_type = 'Timeout'), countIf(event_type = 'error' AND error_type != 'Timeout'),
    sum(ifNull(processing_time_ms, 0)), count(processing_time_ms), max(timestamp),
    base64Encode(concat(unhex('010014'), arrayStringConcat(arrayMap(
      n -> reinterpretAsString(toFloat32(n * 9 + cityHash64(bot_id, n) % 9 + 1)), range(20)))))
  FROM webhook_events
  WHERE timestamp < fromUnixTimestamp64Milli({now_ms:Int64}, 'UTC')
  GROUP BY bot_id, date, hour`;

/** Stores the raw events, spread over the seven days before `nowMs`, half a million at a time. */
export async function storeRawEvents(
  client: ClickHouseClient,
  { from, to, bots, nowMs }: StoredTraffic,
): Promise<void> {
  const progress = createProgress('events', to - from);
  for (let at = from; at < to; at += ROWS_A_BLOCK) {
    const rows = Math.min(ROWS_A_BLOCK, to - at);
    await client.command({
      query: RAW_SQL,
      query_params: {
        bots,
        groups: GROUPS_OF_A_TYPE,
        now_ms: nowMs,
        span_ms: TRAFFIC_SPAN_MS,
        start: from,
        end: to,
        rare_every: ERROR_ONE_IN * Math.ceil(to / ERROR_ONE_IN / RARE_EVENTS),
        from: at,
        rows,
      },
    });
    progress.advance(rows);
  }
  progress.finish();
}

/** Counts every raw event before the moment into its hour; a second call replaces the rows of the first. */
export async function storeHours(client: ClickHouseClient, nowMs: number): Promise<void> {
  await client.command({ query: HOURS_SQL, query_params: { now_ms: nowMs } });
}

/** Waits until the store has no merges under way: they would be measured, too. */
export async function storeIsQuiet(client: ClickHouseClient): Promise<void> {
  await until(
    'the store to have merged',
    async () => {
      const query = 'SELECT count() AS merges FROM system.merges';
      const answer = await client.query({ query, format: 'JSONEachRow' });
      const [row] = await answer.json<{ merges: number }>();
      return Number(row?.merges) === 0;
    },
    MERGED_TIMEOUT_MS,
  );
}
