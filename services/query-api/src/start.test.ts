import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../test/setup/requirements.ts';
import { type RunningQueryApi, start } from './start.ts';
import {
  openTestQueryApi,
  TEST_ALERT_DEFAULTS,
  type TestQueryApi,
} from './testing/open-test-query-api.ts';

const SETTINGS = {
  host: '127.0.0.1',
  port: 0,
  trustProxy: false,
  corsOrigins: [],
  publicUrl: null,
  rateLimits: { perAddress: 0, perToken: 0 },
  errorRateThreshold: 0.1,
  eventRetentionDays: 7,
  outboxFolder: '/nowhere',
  metricsRetentionDays: null,
  alertDefaults: TEST_ALERT_DEFAULTS,
  tokens: { admin: 'admin-token', read: null },
};

describeWithClickHouse('the query API', (serverUrl) => {
  let api: TestQueryApi;
  let running: RunningQueryApi;

  beforeAll(async () => {
    api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'), serverUrl);
    await api.registry.put(testBot('a'));
    running = await start({ ...api.deps, settings: SETTINGS });
  });
  afterAll(async () => {
    await running?.close();
    await api?.close();
  });

  test('serves at the address that it tells', async () => {
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(await get(running, '/livez')).toEqual({ statusCode: 200, body: { status: 'ok' } });
    expect(await get(running, '/readyz')).toEqual({ statusCode: 200, body: { status: 'ok' } });
    expect(await get(running, '/api/health/webhook/')).toMatchObject({ statusCode: 200 });
  });

  test('an address that is taken is an error of start', async () => {
    const settings = { ...SETTINGS, port: Number(new URL(running.url).port) };
    await expect(start({ ...api.deps, settings })).rejects.toThrow(/EADDRINUSE/);
  });

  test('closing ends it', async () => {
    const other = await start({ ...api.deps, settings: SETTINGS });
    await other.close();
    await expect(fetch(`${other.url}/livez`)).rejects.toThrow();
  });

  test('closing ends whatever follows a topic', async () => {
    const { log } = api.deps;
    const following = new Set<string>();
    const follow: EventLog['follow'] = async (options) => {
      const follower = await log.follow(options);
      following.add(options.topic);
      return {
        caughtUp: follower.caughtUp,
        async close() {
          following.delete(options.topic);
          await follower.close();
        },
      };
    };
    const counted: EventLog = new Proxy(log, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name === 'follow') return follow;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const other = await start({ ...api.deps, log: counted, settings: SETTINGS });
    await until('followers', () => following.has('webhook.saved-views'));
    await other.close();
    expect([...following]).toEqual([]);
  });

  test('tables that were dropped are said, and answers that need them are 503', async () => {
    for (const table of ['webhook_metrics', 'webhook_slices', 'webhook_events']) {
      await api.clickhouse.command({ query: `DROP TABLE ${table}` });
    }
    expect(await get(running, '/readyz')).toMatchObject({
      statusCode: 503,
      body: {
        details: [{ field: 'store', message: expect.stringContaining('lost its database') }],
      },
    });
    expect(await get(running, '/api/health/webhook/')).toMatchObject({ statusCode: 503 });
  });

  test('a store that does not answer is 503 everywhere it is asked, and nowhere else', async () => {
    const clickhouse = await lostStore(api, serverUrl);
    const lost = await start({ ...api.deps, clickhouse, settings: SETTINGS });
    try {
      const refused = {
        statusCode: 503,
        body: { status: 'error', error: expect.any(String), details: [] },
      };
      expect(await get(lost, '/api/health/webhook/')).toEqual(refused);
      expect(await get(lost, '/api/health/webhook/?strict=1')).toEqual(refused);
      expect(await get(lost, '/api/health/webhook/a/')).toEqual(refused);
      expect(await get(lost, '/readyz')).toMatchObject({
        statusCode: 503,
        body: { status: 'error', details: [{ field: 'store' }] },
      });
      expect(await get(lost, '/livez')).toMatchObject({ statusCode: 200 });
      expect(await get(lost, '/api/health/webhook/unknown/')).toMatchObject({ statusCode: 404 });
    } finally {
      await lost.close();
      await clickhouse.close();
    }
  });
});

async function get({ url }: RunningQueryApi, path: string) {
  const response = await fetch(`${url}${path}`);
  return { statusCode: response.status, body: await response.json() };
}

/** A port where no server listens; of the embedded engine the client, closed. */
async function lostStore(api: TestQueryApi, serverUrl: string | null): Promise<ClickHouseClient> {
  if (serverUrl !== null) return openClickHouse({ url: 'http://127.0.0.1:1/gone', dataDir: '' });
  await api.clickhouse.close();
  return api.clickhouse;
}
