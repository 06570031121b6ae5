import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningQueryApi, start } from './start.ts';
import { testBot } from './testing/bots.ts';
import { openTestQueryApi, type TestQueryApi } from './testing/open-test-query-api.ts';

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
      errorRateThreshold: 0.1,
      tokens: { admin: 'admin-token', read: null },
    },
  });
});
afterAll(async () => {
  await running.close();
  await api.close();
});

async function get(path: string) {
  const response = await fetch(`${running.url}${path}`);
  return { statusCode: response.status, body: await response.json() };
}

test('serves at the address that it tells', async () => {
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  expect(await get('/livez')).toEqual({ statusCode: 200, body: { status: 'ok' } });
  expect(await get('/readyz')).toEqual({ statusCode: 200, body: { status: 'ok' } });
  expect(await get('/api/health/webhook/')).toMatchObject({ statusCode: 200 });
});

test('an address that is taken is an error of start', async () => {
  const port = Number(new URL(running.url).port);
  const settings = {
    host: '127.0.0.1',
    port,
    trustProxy: false,
    errorRateThreshold: 0.1,
    tokens: { admin: null, read: null },
  };
  await expect(start({ ...api.deps, settings })).rejects.toThrow(/EADDRINUSE/);
});

test('a store that does not answer is 503 everywhere it is asked, and nowhere else', async () => {
  await api.clickhouse.close();
  const refused = {
    statusCode: 503,
    body: { status: 'error', error: expect.any(String), details: [] },
  };
  expect(await get('/api/health/webhook/')).toEqual(refused);
  expect(await get('/api/health/webhook/?strict=1')).toEqual(refused);
  expect(await get('/api/health/webhook/a/')).toEqual(refused);
  expect(await get('/readyz')).toMatchObject({
    statusCode: 503,
    body: { status: 'error', details: [{ field: 'store' }] },
  });
  expect(await get('/livez')).toMatchObject({ statusCode: 200 });
  expect(await get('/api/health/webhook/unknown/')).toMatchObject({ statusCode: 404 });
});

test('closing ends it', async () => {
  await running.close();
  await expect(fetch(`${running.url}/livez`)).rejects.toThrow();
});
