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
import { createProgress } from '@hookpulse/common/runtime/progress';
import {
  openTestQueryApi,
  TEST_TOKENS,
} from '../services/query-api/src/testing/open-test-query-api.ts';
import { answerTimes, emptyQueryTimes, percentile } from './lib/answer-times.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { type Figures, writeResult } from './lib/results.ts';
import { storeIsQuiet, storeRawEvents, TRAFFIC_SPAN_MS } from './lib/stored-traffic.ts';

const options = benchOptions({
  events: { type: 'string', default: '10000000' },
  bots: { type: 'string', default: '1000' },
  requests: { type: 'string', default: '100' },
  json: { type: 'boolean', default: false },
});
const eventCount = numberOption('events', options.events);
const botCount = numberOption('bots', options.bots);
const requestCount = numberOption('requests', options.requests);
/** After each filter: what the store takes for a query that reads nothing. */
const EMPTY_QUERIES = 20;
const nowMs = Date.now();

const api = await openTestQueryApi(nowMs);
try {
  const filledMs = performance.now();
  await storeRawEvents(api.clickhouse, { from: 0, to: eventCount, bots: botCount, nowMs });
  const fillSeconds = Math.round((performance.now() - filledMs) / 1_000);
  await storeIsQuiet(api.clickhouse);
  const [rare] = await select<{ id: string }>(
    `SELECT toString(event_id) AS id FROM webhook_events WHERE error_type = 'Rare' LIMIT 1`,
  );
  const app = api.openApp();
  const middle = new Date(nowMs - TRAFFIC_SPAN_MS / 2).toISOString();
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
    from: `/api/events?from=${middle}`,
    to: `/api/events?to=${middle}`,
    'limit=1000': '/api/events?limit=1000',
    'one event': `/api/events/${rare?.id}`,
  };
  const emptyQueryMs: number[] = [];
  const progress = createProgress('requests', Object.keys(paths).length * requestCount);
  for (const [name, path] of Object.entries(paths)) {
    const times = await answerTimes(app, { path, token: TEST_TOKENS.read, requests: requestCount });
    const empty = await emptyQueryTimes(api.clickhouse, EMPTY_QUERIES);
    emptyQueryMs.push(...empty);
    figures[`${name} p50 ms`] = percentile(times, 0.5);
    figures[`${name} p99 ms`] = percentile(times, 0.99);
    progress.advance(requestCount);
  }
  progress.finish();
  emptyQueryMs.sort((a, b) => a - b);
  const result: Figures = {
    events: eventCount,
    bots: botCount,
    fillSeconds,
    ...(await storedBytes()),
    rssMiB: memoryMiB('VmRSS'),
    peakMiB: memoryMiB('VmHWM'),
    'empty query p50 ms': percentile(emptyQueryMs, 0.5),
    'empty query p99 ms': percentile(emptyQueryMs, 0.99),
    ...figures,
  };
  writeResult('events-explorer', result, options);
} finally {
  await api.close();
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

/** Of this process, chDB included (Linux: `/proc/self/status`). */
function memoryMiB(name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_024);
}
