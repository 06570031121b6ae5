import { BotViewSchema, CreatedBotViewSchema } from '@hookpulse/api/bot-view';
import { matchesSha256 } from '@hookpulse/common/values/secrets';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { type BotRegistry, openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
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
  api.clock.nowMs = Date.parse(NOW);
  for (const bot of api.registry.list()) await api.registry.remove(bot.bot_id);
});

async function send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) {
  const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  return {
    statusCode: answer.statusCode,
    location: answer.headers.location,
    body: answer.body === '' ? null : answer.json(),
  };
}

describe('POST /api/bots', () => {
  test('creates a bot and tells its secrets this once', async () => {
    const { statusCode, location, body } = await send('POST', '/api/bots', { name: 'MyBot' });
    expect(statusCode).toBe(201);
    expect(location).toBe(`/api/bots/${body.bot_id}`);
    expect(body).toEqual({
      bot_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
      name: 'MyBot',
      enabled: true,
      webhook_path: `/webhook/${body.bot_id}`,
      forward: null,
      has_bot_token: false,
      webhook_secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      report_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      created_at: NOW,
      updated_at: NOW,
    });
    expect(Value.Check(CreatedBotViewSchema, body)).toBe(true);

    const stored = api.registry.get(body.bot_id);
    expect(matchesSha256(body.webhook_secret, stored?.webhook_secret_sha256 ?? '')).toBe(true);
    expect(matchesSha256(body.report_token, stored?.report_token_sha256 ?? '')).toBe(true);
    expect(JSON.stringify(stored)).not.toContain(body.webhook_secret);
  });

  test('takes what the caller chooses, also at a trailing slash', async () => {
    const input = { name: 'B', bot_id: 'my_bot', webhook_secret: 'my-secret', enabled: false };
    const { statusCode, body } = await send('POST', '/api/bots/', input);
    expect(statusCode).toBe(201);
    expect(body).toMatchObject({ ...input, webhook_path: '/webhook/my_bot' });
  });

  test('is 409 for a bot_id that is taken, also when two come at once', async () => {
    const create = () => send('POST', '/api/bots', { name: 'A', bot_id: 'a' });
    const answers = await Promise.all([create(), create(), create()]);
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 409, 409]);
    expect(await create()).toMatchObject({
      statusCode: 409,
      body: { status: 'error', error: 'A bot with the bot_id a already exists.', details: [] },
    });
  });

  test.each([
    [{}, 'name', /^name is required: 1 to 100 characters/],
    [{ name: '' }, 'name', /^name must be 1 to 100 characters/],
    [{ name: 'a', bot_id: 'a b' }, 'bot_id', /^bot_id must be 1 to 64 of/],
    [{ name: 'a', webhook_secret: '!' }, 'webhook_secret', /^webhook_secret must be 1 to 256 of/],
    [{ name: 'a', enabled: 1 }, 'enabled', /^enabled must be true or false$/],
    [{ name: 'a', colour: 'blue' }, 'colour', /^Unknown field "colour"/],
  ])('of %j is 400 and says what is wrong', async (input, field, message) => {
    const { statusCode, body } = await send('POST', '/api/bots', input);
    expect(statusCode).toBe(400);
    expect(body.details).toEqual([{ field, message: expect.stringMatching(message) }]);
    expect(api.registry.list()).toEqual([]);
  });

  test.each([[[]], [null], ['name'], [[{ name: 'a' }]]])('of %j is 400', async (payload) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/bots',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ status: 'error' });
  });
});

describe('an existing bot', () => {
  beforeEach(async () => {
    await send('POST', '/api/bots', { name: 'B', bot_id: 'b' });
    await send('POST', '/api/bots', { name: 'A', bot_id: 'a' });
    api.clock.nowMs += 60_000;
  });

  const shown = {
    bot_id: 'a',
    name: 'A',
    enabled: true,
    webhook_path: '/webhook/a',
    forward: null,
    has_bot_token: false,
    created_at: NOW,
    updated_at: NOW,
  };

  test('is shown and listed without anything of its secrets', async () => {
    expect(await send('GET', '/api/bots/a/')).toMatchObject({ statusCode: 200, body: shown });
    const { statusCode, body } = await send('GET', '/api/bots');
    expect(statusCode).toBe(200);
    expect(body.bots).toEqual([
      shown,
      { ...shown, bot_id: 'b', name: 'B', webhook_path: '/webhook/b' },
    ]);
    for (const bot of body.bots) expect(Value.Check(BotViewSchema, bot)).toBe(true);
    expect(JSON.stringify(body)).not.toMatch(/sha256|secret|report_token/);
  });

  test('is changed where the patch says so, and keeps its secrets', async () => {
    const before = api.registry.get('a');
    const changed = { ...shown, name: 'New', updated_at: '2026-02-10T20:01:00.000Z' };
    expect(await send('PATCH', '/api/bots/a', { name: 'New' })).toMatchObject({
      statusCode: 200,
      body: changed,
    });
    const disabled = await send('PATCH', '/api/bots/a', { enabled: false });
    expect(disabled.body).toMatchObject({ ...changed, enabled: false });
    expect(await send('GET', '/api/bots/a')).toMatchObject({ body: disabled.body });
    expect(api.registry.get('a')?.webhook_secret_sha256).toBe(before?.webhook_secret_sha256);
  });

  test('keeps both of two changes that come at once', async () => {
    await Promise.all([
      send('PATCH', '/api/bots/a', { name: 'New' }),
      send('PATCH', '/api/bots/a', { enabled: false }),
    ]);
    expect(api.registry.get('a')).toMatchObject({ name: 'New', enabled: false });
  });

  test.each([{ bot_id: 'c' }, { name: '' }, { enabled: null }, { webhook_secret: 'x' }])(
    'is not changed by %j',
    async (patch) => {
      expect((await send('PATCH', '/api/bots/a', patch)).statusCode).toBe(400);
      expect(api.registry.get('a')).toMatchObject({ name: 'A', enabled: true });
    },
  );

  test('is gone when deleted, and its bot_id is free again', async () => {
    expect(await send('DELETE', '/api/bots/a')).toMatchObject({ statusCode: 204, body: null });
    expect((await send('GET', '/api/bots/a')).statusCode).toBe(404);
    expect((await send('DELETE', '/api/bots/a')).statusCode).toBe(404);
    expect((await send('POST', '/api/bots', { name: 'A', bot_id: 'a' })).statusCode).toBe(201);
  });

  test('is seen by another service', async () => {
    const elsewhere: BotRegistry = await openBotRegistry(api.deps.log, api.deps.logger);
    await send('PATCH', '/api/bots/a', { name: 'New' });
    while (elsewhere.get('a')?.name !== 'New') await new Promise((next) => setTimeout(next, 5));
    await elsewhere.close();
  });
});

test.each(['GET', 'PATCH', 'DELETE'] as const)('%s of an unknown bot is 404', async (method) => {
  const payload = method === 'PATCH' ? { name: 'x' } : undefined;
  expect(await send(method, '/api/bots/nobody', payload)).toMatchObject({
    statusCode: 404,
    body: { status: 'error', error: 'There is no bot with this bot_id.' },
  });
});

test('a log that cannot be reached is 503 with Retry-After, and nothing internal', async () => {
  const registry: BotRegistry = {
    get: () => undefined,
    list: () => [],
    ownerOfReportToken: () => undefined,
    put: () => Promise.reject(new LogUnavailableError('broker 10.0.0.1')),
    remove: () => Promise.reject(new LogUnavailableError('broker 10.0.0.1')),
    close: async () => {},
  };
  const answer = await api.openApp({}, { registry }).inject({
    method: 'POST',
    url: '/api/bots',
    headers,
    payload: { name: 'A' },
  });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBeDefined();
  expect(answer.json()).toMatchObject({ status: 'error' });
  expect(answer.body).not.toContain('10.0.0.1');
});

test('no answer may be kept by a cache', async () => {
  for (const sent of [headers, {}]) {
    const answer = await app.inject({ url: '/api/bots', headers: sent });
    expect(answer.headers['cache-control']).toBe('no-store');
  }
});
