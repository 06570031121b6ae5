/**
 * Health of the fleet, `GET /api/health/webhook/`, with 1,000 bots on embedded chDB and through the whole
 * HTTP app, at 100,000 and at 10,000,000 stored events. The goals: p99 under 50 ms at both, and the second
 * within 1.5 times of the first.
 *
 * The traffic of the last 15 minutes is the same at both sizes, and folded by the same code as the
 * aggregator's; three bots in a hundred have been silent for longer, so that their last event is looked for
 * in the hourly rows. Rounds of answers and of queries that read nothing alternate, so that whatever else
 * the machine does meets both; the latter are the ceiling.
 *
 *   node bench/health.ts [--small 100000] [--large 10000000] [--bots 1000] [--rate 20] [--rounds 10] [--json]
 */
import { parseArgs } from 'node:util';
import type { WebhookEvent } from '@hookpulse/common/domain/webhook-event';
import {
  openTestQueryApi,
  TEST_TOKENS,
} from '../services/query-api/src/testing/open-test-query-api.ts';
import { storeEvents, testEvent } from '../services/query-api/src/testing/store-events.ts';
import { answerTimes, emptyQueryTimes, percentile } from './lib/answer-times.ts';
import { type Figures, writeResult } from './lib/results.ts';
import { storeHours, storeIsQuiet, storeRawEvents } from './lib/stored-traffic.ts';

const { values: options } = parseArgs({
  options: {
    small: { type: 'string', default: '100000' },
    large: { type: 'string', default: '10000000' },
    bots: { type: 'string', default: '1000' },
    /** Events a second in the last 15 minutes. */
    rate: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
const bots = Number(options.bots);
const sizes = { small: Number(options.small), large: Number(options.large) };
const REQUESTS_A_ROUND = 50;
const QUARTER_MS = 900_000;
const SILENT_ONE_IN = 33;
const GOAL_MS = 50;
const GOAL_RATIO = 1.5;
const nowMs = Date.now();
const historyEndMs = nowMs - QUARTER_MS - 10_000;

const api = await openTestQueryApi(nowMs);
try {
  for (let n = 0; n < bots; n += 1) await registerBot(`bot-${n}`);
  await storeEvents(api.clickhouse, recentEvents());
  const app = api.openApp();
  const small = await measureAt(0, sizes.small);
  const large = await measureAt(sizes.small, sizes.large);
  const ratio = Math.round((large.p99Ms / small.p99Ms) * 100) / 100;
  const figures: Figures = {
    bots,
    eventsPerSecond: Number(options.rate),
    ...named(`${sizes.small} events`, small),
    ...named(`${sizes.large} events`, large),
    ratioOfP99: ratio,
    reached: small.p99Ms < GOAL_MS && large.p99Ms < GOAL_MS && ratio <= GOAL_RATIO,
  };
  writeResult('health', figures, options);
  if (figures.reached !== true) process.exitCode = 1;

  async function measureAt(from: number, to: number) {
    await storeRawEvents(api.clickhouse, { from, to, bots, nowMs: historyEndMs });
    await storeHours(api.clickhouse, historyEndMs);
    await storeIsQuiet(api.clickhouse);
    const answers: number[] = [];
    const ceiling: number[] = [];
    for (let round = 0; round <= Number(options.rounds); round += 1) {
      const request = { path: '/api/health/webhook/', token: TEST_TOKENS.read };
      const times = await answerTimes(app, { ...request, requests: REQUESTS_A_ROUND });
      const empty = await emptyQueryTimes(api.clickhouse, REQUESTS_A_ROUND);
      if (round === 0) continue; // compiles its hot path
      answers.push(...times);
      ceiling.push(...empty);
    }
    answers.sort((a, b) => a - b);
    ceiling.sort((a, b) => a - b);
    return {
      p50Ms: percentile(answers, 0.5),
      p99Ms: percentile(answers, 0.99),
      emptyQueryP50Ms: percentile(ceiling, 0.5),
      emptyQueryP99Ms: percentile(ceiling, 0.99),
    };
  }
} finally {
  await api.close();
}

async function registerBot(botId: string): Promise<void> {
  const at = new Date(nowMs).toISOString();
  await api.registry.put({
    bot_id: botId,
    name: botId,
    enabled: true,
    webhook_secret_sha256: '0'.repeat(64),
    report_token_sha256: '0'.repeat(64),
    created_at: at,
    updated_at: at,
  });
}

/** Received and processed in turn; every bot has some, but for the silent ones. */
function recentEvents(): WebhookEvent[] {
  const count = Number(options.rate) * (QUARTER_MS / 1_000);
  return Array.from({ length: count }, (_, n) => {
    const timestamp = new Date(nowMs - QUARTER_MS + (n / count) * QUARTER_MS).toISOString();
    const talking = bots - Math.ceil(bots / SILENT_ONE_IN);
    const bot_id = `bot-${(n >> 1) % talking}`;
    return n % 2 === 0
      ? testEvent(timestamp, { bot_id, update_id: n, update_type: 'message' })
      : testEvent(timestamp, {
          bot_id,
          event_type: 'processed',
          processing_time_ms: 5 + (n % 997),
        });
  });
}

function named(what: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${what}, ${name}`, value]),
  );
}
