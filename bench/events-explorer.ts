/**
 * The first page of `GET /api/events` at 10,000,000 stored events, for each filter alone, on embedded
 * chDB and through the whole HTTP app.
 *
 * The rows are made by ClickHouse itself: so many bots over 7 days, one in twenty an error, an update
 * id for every three events. Each filter is asked for one after the other, so that the figures are the
 * time of an answer and not of a queue.
 *
 *   node bench/events-explorer.ts [--events 10000000] [--bots 1000] [--requests 100] [--json]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createProgress } from '@hookpulse/common/runtime/progress';
import {
  openTestQueryApi,
  TEST_TOKENS,
} from '../services/query-api/src/testing/open-test-query-api.ts';
import { type Figures, writeResult } from './lib/results.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    bots: { type: 'string', default: '1000' },
    requests: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const eventCount = Number(options.events);
const botCount = Number(options.bots);
const requestCount = Number(options.requests);
const ROWS_A_BLOCK = 500_000;
const SPAN_MS = 7 * 86_400_000;
const nowMs = Date.now();

const api = await openTestQueryApi(nowMs);
try {
  const fillSeconds = await fill();
  const [rare] = await select<{ id: string }>(
    `SELECT toString(event_id) AS id FROM webhook_events WHERE error_type = 'Rare' LIMIT 1`,
  );
  const app = api.openApp();
  const figures: Record<string, number> = {};
  const paths = {
    none: '/api/events',
    bot_id: '/api/events?bot_id=bot-7',
    event_type: '/api/events?event_type=retry',
    'status=failed': '/api/events?status=failed',
    'status=pending': '/api/events?status=pending',
    error_type: '/api/events?error_type=Timeout',
    'error_type, 3 events': '/api/events?error_type=Rare',
    'error_type, none': '/api/events?error_type=Unheard',
    update_id: `/api/events?update_id=${Math.floor(eventCount / 6)}`,
    'update_id, none': '/api/events?update_id=-1',
    from: `/api/events?from=${new Date(nowMs - SPAN_MS / 2).toISOString()}`,
    to: `/api/events?to=${new Date(nowMs - SPAN_MS / 2).toISOString()}`,
    'limit=1000': '/api/events?limit=1000',
    'one event': `/api/events/${rare?.id}`,
  };
  const progress = createProgress('requests', Object.keys(paths).length * requestCount);
  for (const [name, path] of Object.entries(paths)) {
    const timesMs: number[] = [];
    for (let n = 0; n < requestCount; n += 1) {
      const startedMs = performance.now();
      const answer = await app.inject({
        url: path,
        headers: { authorization: `Bearer ${TEST_TOKENS.read}` },
      });
      timesMs.push(performance.now() - startedMs);
      if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.body}`);
      progress.advance(1);
    }
    timesMs.sort((a, b) => a - b);
    figures[`${name} p50 ms`] = percentile(timesMs, 0.5);
    figures[`${name} p99 ms`] = percentile(timesMs, 0.99);
  }
  progress.finish();
  const result: Figures = {
    events: eventCount,
    bots: botCount,
    fillSeconds,
    ...(await storedBytes()),
    rssMiB: memoryMiB('VmRSS'),
    peakMiB: memoryMiB('VmHWM'),
    ...figures,
  };
  writeResult('events-explorer', result, options);
} finally {
  await api.close();
}

/** @returns how long it took, seconds: both tables, with their indexes */
async function fill(): Promise<number> {
  const startedMs = performance.now();
  const progress = createProgress('events', eventCount);
  for (let from = 0; from < eventCount; from += ROWS_A_BLOCK) {
    const rows = Math.min(ROWS_A_BLOCK, eventCount - from);
    await api.clickhouse.command({
      query: `INSERT INTO webhook_events
        SELECT
          generateUUIDv4(number) AS event_id,
          concat('bot-', toString(cityHash64(number, 1) % {bots:UInt32})) AS bot_id,
          multiIf(number % 20 = 0, 'error', number % 200 = 1, 'retry', number % 3 = 0, 'response_sent',
            number % 3 = 1, 'received', 'processed') AS event_type,
          multiIf(event_type = 'error', 'failed', event_type = 'retry', 'pending', 'success') AS status,
          fromUnixTimestamp64Milli(toInt64({now_ms:Int64}
            - intDiv(({events:Int64} - number) * {span_ms:Int64}, {events:Int64})), 'UTC') AS timestamp,
          intDiv(number, 3) AS update_id,
          'message' AS update_type,
          if(event_type IN ('processed', 'error'), 5 + cityHash64(number, 2) % 1000 / 7, NULL) AS processing_time_ms,
          if(event_type = 'response_sent', cityHash64(number, 2) % 100, NULL) AS response_time_ms,
          if(event_type = 'error', if(number % {rare_every:UInt64} = 0, 'Rare',
            ['Timeout', 'ValueError', 'BotBlocked', 'RetryAfter'][1 + cityHash64(number, 3) % 4]), NULL) AS error_type,
          if(event_type = 'error', concat('something failed with ', toString(number)), NULL) AS error_message,
          if(event_type = 'received', '149.154.167.220', NULL) AS ip_address,
          if(event_type = 'received', true, NULL) AS telegram_signature_valid,
          cityHash64(bot_id) % 12 AS log_partition, 0 AS log_epoch, number AS log_offset
        FROM numbers({from:UInt64}, {rows:UInt64})`,
      query_params: {
        bots: botCount,
        now_ms: nowMs,
        events: eventCount,
        span_ms: SPAN_MS,
        rare_every: Math.max(20, 20 * Math.ceil(eventCount / 60)),
        from,
        rows,
      },
    });
    progress.advance(rows);
  }
  progress.finish();
  return Math.round((performance.now() - startedMs) / 1_000);
}

async function storedBytes(): Promise<Figures> {
  const rows = await select<{ table: string; bytes: number }>(
    `SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table LIKE 'webhook_events%' GROUP BY table`,
  );
  return Object.fromEntries(
    rows.map(({ table, bytes }) => [`${table} MB`, Math.round(bytes / 1e6)]),
  );
}

async function select<Row>(query: string): Promise<Row[]> {
  return (await api.clickhouse.query({ query, format: 'JSONEachRow' })).json<Row>();
}

/** Nearest rank, of sorted values, rounded to a tenth. */
function percentile(sorted: readonly number[], p: number): number {
  const value = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
  return Math.round(value * 10) / 10;
}

/** Of this process, chDB included (Linux: `/proc/self/status`). */
function memoryMiB(name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_024);
}
