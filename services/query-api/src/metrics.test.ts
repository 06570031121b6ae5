/** What operators see of the query API. */

import { testBot } from '@hookpulse/common/testing/bots';
import { scrape } from '@hookpulse/common/testing/scrape';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningQueryApi, start } from './start.ts';
import {
  openTestQueryApi,
  TEST_ALERT_DEFAULTS,
  type TestQueryApi,
} from './testing/open-test-query-api.ts';

let api: TestQueryApi;
let running: RunningQueryApi;

beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
  await api.registry.put(testBot('a'));
  running = await start({
    ...api.deps,
    settings: {
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
    },
  });
});
afterAll(async () => {
  await running?.close();
  await api?.close();
});

async function get(path: string): Promise<number> {
  const response = await fetch(`${running.url}${path}`);
  await response.text();
  return response.status;
}

test('the metrics show the time of every answer, by route and class of status', async () => {
  for (const path of ['/api/health/webhook/', '/api/health/webhook', '/api/health/webhook/a/']) {
    expect(await get(path)).toBe(200);
  }
  expect(await get('/api/health/webhook/unknown/')).toBe(404);
  expect(await get('/api/bots')).toBe(401);
  expect(await get('/no/such/path')).toBe(404);
  expect(await get('/no/other/path')).toBe(404);

  const { value } = await scrape(running.url);
  const count = (route: string, status: string) =>
    value('hookpulse_http_request_duration_seconds_count', { method: 'GET', route, status });
  expect(count('/api/health/webhook', '2xx')).toBe(2);
  expect(count('/api/health/webhook/:bot_id', '2xx')).toBe(1);
  expect(count('/api/health/webhook/:bot_id', '4xx')).toBe(1);
  expect(count('/api/bots', '4xx')).toBe(1);
  expect(count('none', '4xx')).toBe(2);
  const labels = { method: 'GET', route: '/api/health/webhook', status: '2xx' };
  expect(value('hookpulse_http_request_duration_seconds_sum', labels)).toBeGreaterThan(0);
});

test('the metrics say whether the engines answer', async () => {
  const before = await scrape(running.url);
  expect(before.value('hookpulse_ready', { check: 'log' })).toBe(1);
  expect(before.value('hookpulse_ready', { check: 'store' })).toBe(1);
  await api.clickhouse.close();
  const after = await scrape(running.url);
  expect(after.value('hookpulse_ready', { check: 'log' })).toBe(1);
  expect(after.value('hookpulse_ready', { check: 'store' })).toBe(0);
  const readiness = await fetch(`${running.url}/readyz`);
  expect(await readiness.json()).toMatchObject({
    details: [{ field: 'store', message: 'does not answer, since 2026-02-10T20:00:00.000Z' }],
  });
});
