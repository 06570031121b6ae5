/**
 * `GET /api/metrics/hourly` with 30 days of 1,000 bots: 7 days of one bot, and 24 hours, 7 and 30 days
 * of the fleet, the first time and again. Every hour of a bot has 20 durations. By the minute, and the
 * condition of an alert, with so many events in the slices of the last day, evenly over the bots. Status pages
 * of one bot and of 50, each time asked anew as after the 30 seconds for which an answer is remembered.
 *
 *   node bench/metrics-history.ts [--bots 1000] [--days 30] [--events 1000000] [--repeats 20] [--json]
 */

import { readFileSync } from 'node:fs';
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleFiring } from '@hookpulse/common/testing/sample-alerts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { SLICE_MS } from '@hookpulse/common/windows/window';
import {
  openTestQueryApi,
  TEST_TOKENS,
} from '../services/query-api/src/testing/open-test-query-api.ts';
import { storeTransition } from '../services/query-api/src/testing/tell-alerts.ts';
import { percentile } from './lib/answer-times.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { writeResult } from './lib/results.ts';

const options = benchOptions({
  bots: { type: 'string', default: '1000' },
  days: { type: 'string', default: '30' },
  events: { type: 'string', default: '1000000' },
  repeats: { type: 'string', default: '20' },
  json: { type: 'boolean', default: false },
});
const botCount = numberOption('bots', options.bots);
const days = numberOption('days', options.days);
const events = numberOption('events', options.events);
const repeats = numberOption('repeats', options.repeats);
const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
/** As many as a status page may have. */
const STATUS_BOTS = Math.min(50, botCount);
const FORGOTTEN_AFTER_MS = 31 * SECOND_MS;
const FIRED_AT = new Date(nowMs - HOUR_MS).toISOString();

const api = await openTestQueryApi(nowMs);
try {
  await fill();
  await fillSlices();
  await storeTransition(api.clickhouse, sampleFiring(FIRED_AT, { bot_id: 'bot-7' }));
  const app = api.openApp();
  await createStatusPages();
  const since = (back: number) => new Date(nowMs - back * DAY_MS).toISOString();
  const paths = {
    'bot 24 h': `/api/metrics/hourly?bot_id=bot-7&from=${since(1)}`,
    'bot 7 d': `/api/metrics/hourly?bot_id=bot-7&from=${since(7)}&limit=1000`,
    'bots, newest 100': '/api/metrics/hourly',
    'fleet 24 h': `/api/metrics/hourly?group=fleet&from=${since(1)}`,
    'fleet 7 d': `/api/metrics/hourly?group=fleet&from=${since(7)}&limit=1000`,
    'fleet 30 d': `/api/metrics/hourly?group=fleet&from=${since(30)}&limit=1000`,
    'fleet 30 d by day': `/api/metrics/hourly?group=fleet&by=day&from=${since(30)}&limit=1000`,
    'bot 1 h by minute': `/api/metrics/hourly?bot_id=bot-7&by=minute&from=${since(1 / 24)}&limit=1000`,
    'bot 12 h by minute': `/api/metrics/hourly?bot_id=bot-7&by=minute&from=${since(0.5)}&limit=1000`,
    'fleet 1 h by minute': `/api/metrics/hourly?group=fleet&by=minute&from=${since(1 / 24)}&limit=1000`,
    'fleet 12 h by minute': `/api/metrics/hourly?group=fleet&by=minute&from=${since(0.5)}&limit=1000`,
    'alert condition': `/api/alerts/condition?bot_id=bot-7&rule=high_error_rate&fired_at=${FIRED_AT}`,
    'status page of a bot': '/api/status/one',
    [`status page of ${STATUS_BOTS} bots`]: '/api/status/many',
  };
  const figures: Record<string, number> = {};
  for (const [name, path] of Object.entries(paths)) {
    const timesMs: number[] = [];
    for (let n = 0; n <= repeats; n += 1) {
      if (path.startsWith('/api/status/')) api.clock.nowMs += FORGOTTEN_AFTER_MS;
      const startedMs = performance.now();
      const answer = await app.inject({
        url: path,
        headers: { authorization: `Bearer ${TEST_TOKENS.read}` },
      });
      timesMs.push(Math.round(performance.now() - startedMs));
      if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.body}`);
      const { metrics, points, bots } = answer.json();
      if (n === 0) figures[`${name}, rows`] = (metrics ?? points ?? bots).length;
    }
    const [first = Number.NaN, ...rest] = timesMs;
    figures[`${name}, first ms`] = first;
    const sorted = rest.toSorted((a, b) => a - b);
    figures[`${name}, again p50 ms`] = percentile(sorted, 0.5);
    figures[`${name}, again p99 ms`] = percentile(sorted, 0.99);
  }
  const status = readFileSync('/proc/self/status', 'utf8');
  const peakMiB = Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
  writeResult(
    'metrics-history',
    { bots: botCount, days, events, repeats, peakMiB, ...figures },
    options,
  );
} finally {
  await api.close();
}

async function createStatusPages(): Promise<void> {
  const botIds = Array.from({ length: STATUS_BOTS }, (_, n) => `bot-${n}`);
  await Promise.all(botIds.map((botId) => api.registry.put(testBot(botId))));
  const at = new Date(nowMs).toISOString();
  for (const [name, bot_ids] of [
    ['one', botIds.slice(0, 1)],
    ['many', botIds],
  ] as const) {
    const times = { created_at: at, updated_at: at };
    const page = { name, title: name, bot_ids, key_sha256: null, shows_reasons: true, ...times };
    await api.deps.statusPages.put(page);
  }
}

/** A digest of 20 values as `latency-digest-bytes` writes it: version, no clusters, 20 singles. */
async function fill(): Promise<void> {
  await api.clickhouse.command({
    query: `INSERT INTO webhook_metrics (bot_id, date, hour, log_partition, log_epoch, next_offset,
        requests_received, requests_processed, processing_time_sum_ms, processing_time_count,
        last_event_at, latency_digest)
      SELECT concat('bot-', toString(intDiv(number, {hours:UInt32}))) AS bot_id,
        toDate(start) AS date, toHour(start) AS hour,
        cityHash64(bot_id) % 12 AS log_partition, 0 AS log_epoch, number AS next_offset,
        20 AS requests_received, 20 AS requests_processed, 2000 AS processing_time_sum_ms,
        20 AS processing_time_count, start AS last_event_at,
        base64Encode(concat(unhex('010014'), arrayStringConcat(arrayMap(
          n -> reinterpretAsString(toFloat32(n * 9 + cityHash64(number, n) % 9 + 1)), range(20)))))
          AS latency_digest
      FROM (SELECT number, toDateTime(intDiv({now_ms:Int64}, 1000)
        - (number % {hours:UInt32} + 1) * 3600, 'UTC') AS start FROM numbers({rows:UInt64}))`,
    query_params: { hours: days * 24, now_ms: nowMs, rows: botCount * days * 24 },
  });
}

/** A slice for each ten seconds of a bot, or for each event where there are fewer. */
async function fillSlices(): Promise<void> {
  const rows = Math.min(events, botCount * (DAY_MS / SLICE_MS));
  await api.clickhouse.command({
    query: `INSERT INTO webhook_slices (start, bot_id, log_partition, log_epoch, next_offset,
        requests_received, requests_processed, processing_time_sum_ms, processing_time_count,
        last_event_at, latency_digest)
      SELECT toDateTime(intDiv({now_ms:Int64}, 1000)
          - (intDiv(number, {bots:UInt32}) * {step:Float64} + 10), 'UTC') AS start,
        concat('bot-', toString(number % {bots:UInt32})) AS bot_id,
        cityHash64(bot_id) % 12 AS log_partition, 0 AS log_epoch, number AS next_offset,
        {each:UInt32} AS requests_received, {each:UInt32} AS requests_processed,
        {each:UInt32} * 100 AS processing_time_sum_ms, {each:UInt32} AS processing_time_count,
        start AS last_event_at,
        base64Encode(concat(unhex('0100'), char({each:UInt32}), arrayStringConcat(arrayMap(
          n -> reinterpretAsString(toFloat32(n * 9 + cityHash64(number, n) % 9 + 1)),
          range({each:UInt32}))))) AS latency_digest
      FROM (SELECT number FROM numbers({rows:UInt64}))`,
    query_params: {
      rows,
      bots: botCount,
      each: Math.max(1, Math.floor(events / rows)),
      step: Math.max(1, Math.floor(DAY_MS / SLICE_MS / (rows / botCount))) * 10,
      now_ms: nowMs,
    },
  });
}
