import { isDeepStrictEqual } from 'node:util';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { followAudit } from '../audit/audit-trail.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const ADMIN = { authorization: `Bearer ${TEST_TOKENS.admin}` };
const READ = { authorization: `Bearer ${TEST_TOKENS.read}` };

let api: TestQueryApi;
let app: ReturnType<TestQueryApi['openApp']>;
let send: JsonSender;
beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  app = api.openApp();
  send = jsonSender(app);
});
afterAll(() => api.close());

interface Entry {
  readonly request_id: string;
  readonly target: string;
  readonly change: unknown;
}
const entries = async (query = ''): Promise<Entry[]> =>
  (await send('GET', `/api/audit${query}`)).body.entries;

/** At once: the answer waited for it. */
async function entryOf(requestId: string): Promise<Entry | undefined> {
  return (await entries()).find(({ request_id }) => request_id === requestId);
}

describe('a write', () => {
  test('is told of with who, what, when and what came of it, and without secrets', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/bots',
      headers: { ...ADMIN, 'x-request-id': 'r-1' },
      remoteAddress: '203.0.113.7',
      payload: { name: 'Orders', bot_id: 'orders', webhook_secret: 'very-secret' },
    });
    expect(answer.statusCode).toBe(201);
    expect(await entryOf('r-1')).toEqual({
      audit_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: '2026-02-10T20:00:00.000Z',
      request_id: 'r-1',
      actor: {
        access: 'admin',
        via: 'token',
        session_id: null,
        address: '203.0.113.7',
        token: { token_id: null, name: 'ADMIN_TOKEN' },
      },
      method: 'POST',
      route: '/api/bots',
      target: '/api/bots/orders',
      change: { name: 'Orders', bot_id: 'orders', webhook_secret: '[hidden]' },
      status: 201,
    });
  });

  test('by a session names the session', async () => {
    const signedIn = await app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { 'x-request-id': 'r-2' },
      payload: { token: TEST_TOKENS.admin },
    });
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0];
    await app.inject({
      method: 'PATCH',
      url: '/api/bots/orders',
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'x-request-id': 'r-3' },
      payload: { enabled: false },
    });
    const signIn = await entryOf('r-2');
    expect(signIn).toMatchObject({
      actor: { access: 'admin', via: 'session', session_id: expect.any(String) },
      change: { token: '[hidden]' },
    });
    const change = await entryOf('r-3');
    expect(change).toMatchObject({ target: '/api/bots/orders', change: { enabled: false } });
    expect(change).toMatchObject({ actor: (signIn as { actor?: unknown }).actor });
  });

  test('is told of as it was done, with what it did by default', async () => {
    const clean = (id: string, query: string, payload: object) =>
      app.inject({
        method: 'POST',
        url: `/api/admin/cleanup${query}`,
        headers: { ...ADMIN, 'x-request-id': id },
        payload,
      });
    expect((await clean('c-1', '', { dry_run: true })).json().dry_run).toBe(true);
    expect((await entryOf('c-1'))?.change).toEqual({ days: 7, dry_run: true });
    expect((await clean('c-2', '', {})).json().dry_run).toBe(false);
    expect((await entryOf('c-2'))?.change).toEqual({ days: 7, dry_run: false });
    expect((await clean('c-3', '?dry_run=true', {})).statusCode).toBe(400);
    expect((await entryOf('c-3'))?.change).toBeNull();
  });

  test.each([
    ['r-4', READ, 'DELETE', '/api/bots/orders', undefined, 403],
    ['r-5', ADMIN, 'POST', '/api/bots', { name: '' }, 400],
    ['r-7', ADMIN, 'DELETE', '/api/silences/nothing', undefined, 404],
  ] as const)(
    'that was refused is told of, too: %s',
    async (id, who, method, url, payload, status) => {
      const answer = await app.inject({
        method,
        url,
        headers: { ...who, 'x-request-id': id },
        ...(payload ? { payload } : {}),
      });
      expect(answer.statusCode).toBe(status);
      const entry = await entryOf(id);
      expect(entry).toMatchObject({ status, change: null });
    },
  );

  test('of strangers is not, tries to sign in included, nor is reading', async () => {
    const unknown = { method: 'POST', url: '/api/bots', payload: { name: 'x' } } as const;
    await app.inject({ ...unknown, headers: { 'x-request-id': 'r-8' } });
    const signIn = { method: 'POST', url: '/api/session' } as const;
    for (const payload of [{}, { token: 'wrong-token' }, { token: 5 }]) {
      await app.inject({ ...signIn, headers: { 'x-request-id': 'r-6' }, payload });
    }
    const wrong = { authorization: 'Bearer wrong-token', 'x-request-id': 'r-6' };
    await app.inject({ ...unknown, headers: wrong });
    await app.inject({ url: '/api/bots', headers: { ...ADMIN, 'x-request-id': 'r-9' } });
    await app.inject({
      ...unknown,
      url: '/nothing',
      headers: { ...ADMIN, 'x-request-id': 'r-10' },
    });
    await app.inject({
      method: 'DELETE',
      url: '/api/silences/nothing',
      headers: { ...ADMIN, 'x-request-id': 'r-11' },
    });
    await entryOf('r-11');
    const ids = (await entries()).map(({ request_id }) => request_id);
    expect(ids).not.toEqual(expect.arrayContaining([expect.stringMatching(/^r-(6|8|9|10)$/)]));
  });

  test('is answered even when the audit cannot take it', async () => {
    const { table: trail } = api.deps.audit;
    if (!trail) throw new Error('the audit was not read');
    const add = () => Promise.reject(new LogUnavailableError('away'));
    const audit = { table: { newest: trail.newest.bind(trail), add, close: trail.close } };
    const answer = await api.openApp({}, { audit }).inject({
      method: 'PATCH',
      url: '/api/bots/orders',
      headers: ADMIN,
      payload: { name: 'Other' },
    });
    expect(answer.statusCode).toBe(200);
  });
});

describe('GET /api/audit', () => {
  test('comes in pages, which new entries do not disturb', async () => {
    const all = (await entries()).map(({ request_id }) => request_id);
    const first = await send('GET', '/api/audit?limit=2');
    await send('DELETE', '/api/silences/nothing');
    const seen = first.body.entries.map(({ request_id }: Entry) => request_id);
    let cursor = first.body.next_cursor;
    while (cursor !== null) {
      const { body } = await send('GET', `/api/audit?limit=2&cursor=${cursor}`);
      seen.push(...body.entries.map(({ request_id }: Entry) => request_id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(all);
  });

  test('refuses what is no cursor', async () => {
    expect((await send('GET', '/api/audit?cursor=x')).statusCode).toBe(400);
  });

  test('is 503 until it could be read', async () => {
    const unread = api.openApp({}, { audit: { table: null } });
    expect((await unread.inject({ url: '/api/audit', headers: ADMIN })).statusCode).toBe(503);
  });

  test('holds the newest only, where there are very many', async () => {
    const logger = silentLogger;
    const followed = followAudit({ log: api.deps.log, logger, maxEntries: 2 });
    const trail = await followed.opened;
    expect(trail?.newest(null, 100).length).toBeLessThan(4);
    const [newest] = trail?.newest(null, 1) ?? [];
    await until('the same at the route', async () =>
      isDeepStrictEqual((await entries())[0], newest),
    );
    await followed.close();
  });
});
