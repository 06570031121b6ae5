import { FORWARDING_STATUS_TOPIC } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const NOW = '2026-02-10T20:00:00.000Z';
const headers = { authorization: `Bearer ${TEST_TOKENS.admin}` };
let api: TestQueryApi;
let app: HttpApp;

beforeAll(async () => {
  api = await openTestQueryApi(Date.parse(NOW));
  app = api.openApp();
});
afterAll(() => api.close());
beforeEach(async () => {
  for (const bot of api.registry.list()) await api.registry.remove(bot.bot_id);
  const forward = { url: 'https://bot.example.com/' };
  await send('POST', '/api/bots', { name: 'A', bot_id: 'a', forward });
  await send('POST', '/api/bots', { name: 'B', bot_id: 'b' });
});

async function send(method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  return { statusCode: answer.statusCode, tag: answer.headers.etag, body: answer.json() };
}

const nothing = {
  bot_id: 'a',
  state: 'delivering',
  backlog: 0,
  oldest_age_seconds: null,
  in_flight: 0,
  next_attempt_at: null,
  last_failure: null,
};

test('before anything was forwarded, nothing waits', async () => {
  const { statusCode, body } = await send('GET', '/api/bots/a/forwarding');
  expect([statusCode, body]).toEqual([200, nothing]);
});

test('what the forwarder says is shown, with the age as of now', async () => {
  const status = {
    state: 'failing',
    backlog: 12,
    oldest_at: '2026-02-10T19:58:59.950Z',
    in_flight: 1,
    next_attempt_at: '2026-02-10T20:00:05.000Z',
    last_failure: { at: NOW, error: 'status 502' },
  };
  const { forwarding } = api;
  await forwarding.write([{ key: 'a', value: JSON.stringify(status) }]);
  const { oldest_at: _, ...shown } = status;
  expect((await send('GET', '/api/bots/a/forwarding')).body).toEqual({
    ...shown,
    bot_id: 'a',
    oldest_age_seconds: 60.1,
  });
  await forwarding.write([{ key: 'a', value: null }]);
  // What another program puts there is skipped.
  await api.deps.log.publish([{ topic: FORWARDING_STATUS_TOPIC, key: 'a', value: '{}' }]);
  expect((await send('GET', '/api/bots/a/forwarding')).body).toEqual(nothing);
});

test('the backlog of the last hour is shown, minute by minute', async () => {
  const rest = { state: 'failing', in_flight: 0, next_attempt_at: null, last_failure: null };
  const status = { ...rest, backlog: 7, oldest_at: '2026-02-10T19:59:30.000Z' };
  await api.forwarding.write([{ key: 'b', value: JSON.stringify(status) }]);
  const { body } = await send('GET', '/api/bots/b/forwarding/history');
  expect(body.points).toHaveLength(60);
  expect(body.points.at(-1)).toEqual({ at: NOW, backlog: 7, oldest_age_seconds: 30 });
  expect(body.points[0]).toMatchObject({ backlog: null });
});

test('forwarding is paused and resumed', async () => {
  const paused = await send('POST', '/api/bots/a/forwarding/pause');
  expect(paused).toMatchObject({ statusCode: 200, body: { ...nothing, state: 'paused' } });
  expect(api.registry.get('a')?.forward).toMatchObject({ paused: true });
  expect((await send('GET', '/api/bots/a')).tag).toBe(paused.tag);
  const resumed = await send('POST', '/api/bots/a/forwarding/resume');
  expect(resumed.body).toEqual(nothing);
  expect(api.registry.get('a')?.forward).not.toHaveProperty('paused');
});

test.each(['GET', 'POST'] as const)(
  '%s is refused where there is no forwarding',
  async (method) => {
    const path = (id: string) => `/api/bots/${id}/forwarding${method === 'POST' ? '/pause' : ''}`;
    expect((await send(method, path('b'))).statusCode).toBe(409);
    expect((await send(method, path('nobody'))).statusCode).toBe(404);
  },
);
