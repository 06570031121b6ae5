/**
 * Errors by group at 10,000,000 stored events, each view through the whole HTTP app: 500,000 errors of
 * about 1,000 groups and 1,000 bots within 7 days, as `lib/stored-traffic.ts` makes them.
 *
 *   node bench/error-groups.ts [--events 10000000] [--bots 1000] [--requests 100] [--clickhouse <url>] [--json]
 */
import type { ErrorGroups } from '@hookpulse/api/error-groups';
import {
  openTestQueryApi,
  TEST_TOKENS,
} from '../services/query-api/src/testing/open-test-query-api.ts';
import { answerTimes, emptyQueryTimes, percentile } from './lib/answer-times.ts';
import { benchOptions } from './lib/bench-options.ts';
import { writeResult } from './lib/results.ts';
import { storeIsQuiet, storeRawEvents } from './lib/stored-traffic.ts';

const options = benchOptions({
  events: { type: 'string', default: '10000000' },
  bots: { type: 'string', default: '1000' },
  requests: { type: 'string', default: '100' },
  clickhouse: { type: 'string' },
  json: { type: 'boolean', default: false },
});
const [events, bots, requests] = [options.events, options.bots, options.requests].map(Number);
const nowMs = Date.now();

const api = await openTestQueryApi(nowMs, options.clickhouse ?? null);
try {
  const store = api.clickhouse;
  await storeRawEvents(store, { from: 0, to: events ?? 0, bots: bots ?? 0, nowMs });
  await storeIsQuiet(store);
  const app = api.openApp();
  const headers = { authorization: `Bearer ${TEST_TOKENS.read}` };
  const first: ErrorGroups = (await app.inject({ url: '/api/errors', headers })).json();
  const fingerprint = first.groups[0]?.fingerprint;
  const ago = (hours: number) => new Date(nowMs - hours * 3_600_000).toISOString();
  const paths = {
    'groups, 24 h': '/api/errors',
    'groups, 1 h': `/api/errors?from=${ago(1)}`,
    'groups, 7 d': `/api/errors?from=${ago(7 * 24)}`,
    'groups of a bot, 24 h': '/api/errors?bot_id=bot-7',
    'groups of a bot, 7 d': `/api/errors?bot_id=bot-7&from=${ago(7 * 24)}`,
    'groups of a type, 24 h': '/api/errors?error_type=ValueError',
    'one group, 24 h': `/api/errors/${fingerprint}`,
    'leading causes of the fleet': '/api/errors/leading',
    'leading cause of a bot': '/api/errors/leading?bot_id=bot-7',
    'events of a group': `/api/events?error_fingerprint=${fingerprint}&from=${ago(24)}`,
  };
  const figures: Record<string, number> = { groups: first.groups.length, failures: first.failures };
  for (const [name, path] of Object.entries(paths)) {
    const times = await answerTimes(app, {
      path,
      token: TEST_TOKENS.read,
      requests: requests ?? 0,
    });
    figures[`${name}, p50 ms`] = percentile(times, 0.5);
    figures[`${name}, p99 ms`] = percentile(times, 0.99);
  }
  const empty = await emptyQueryTimes(store, requests ?? 0);
  figures['empty query, p99 ms'] = percentile(empty, 0.99);
  const engine = options.clickhouse ? 'ClickHouse over HTTP' : 'chDB';
  writeResult(
    'error-groups',
    { engine, events: events ?? 0, bots: bots ?? 0, ...figures },
    options,
  );
} finally {
  await api.close();
}
