import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testBot } from '../testing/bots.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const HOUR_MS = 3_600_000;

let api: TestQueryApi;
beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
});
afterAll(() => api.close());

type App = ReturnType<TestQueryApi['openApp']>;
type Headers = Record<string, string>;

const signIn = (app: App, token: string, headers: Headers = {}) =>
  app.inject({ method: 'POST', url: '/api/session', headers, payload: { token } });

async function cookieOf(app: App, token: string): Promise<string> {
  const [setCookie = ''] = [(await signIn(app, token)).headers['set-cookie']].flat();
  return setCookie.split(';')[0] ?? '';
}

const session = (app: App, cookie: string) =>
  app.inject({ url: '/api/session', headers: { cookie } });

const reading = (app: App, cookie: string) => app.inject({ url: '/api/bots', headers: { cookie } });

describe('signing in', () => {
  test.each([
    ['admin', TEST_TOKENS.admin, '2026-02-11T08:00:00.000Z', 43_200],
    ['read', TEST_TOKENS.read, '2026-03-12T20:00:00.000Z', 2_592_000],
  ])('with the %s token', async (access, token, expires_at, maxAge) => {
    const app = api.openApp();
    const answer = await signIn(app, token);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ access, expires_at });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(
      /^hookpulse_session=[\w-]+\.[\w-]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).toContain(`Max-Age=${maxAge}`);
    expect(await session(app, cookie.split(';')[0] ?? '')).toMatchObject({ statusCode: 200 });
    expect((await session(app, cookie.split(';')[0] ?? '')).json()).toEqual({
      access,
      expires_at,
      reads_health: true,
    });
  });

  test('keeps the token out of the cookie', async () => {
    const cookie = await cookieOf(api.openApp(), TEST_TOKENS.admin);
    const [payload = ''] = cookie.replace('hookpulse_session=', '').split('.');
    expect(Buffer.from(payload, 'base64url').toString()).not.toContain(TEST_TOKENS.admin);
    expect(cookie).not.toContain(TEST_TOKENS.admin);
  });

  test.each([
    ['the browser came by https', { origin: 'https://hookpulse.example.com' }, false],
    ['a trusted proxy says so', { 'x-forwarded-proto': 'https' }, true],
  ])('the cookie travels by https only when %s', async (_name, headers, trustProxy) => {
    const answer = await signIn(api.openApp({ trustProxy }), TEST_TOKENS.admin, headers);
    expect(answer.headers['set-cookie']).toMatch(/; Secure$/);
  });

  test('with another token is 401, and tells nothing', async () => {
    const answer = await signIn(api.openApp(), 'wrong');
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test.each([
    ['an object with no token', '{}'],
    ['no JSON', '{"token":'],
    ['more than a token', JSON.stringify({ token: 'x'.repeat(9_000) })],
  ])('with %s counts as a failure', async (_name, payload) => {
    const app = api.openApp();
    const headers = { 'content-type': 'application/json' };
    const ask = () => app.inject({ method: 'POST', url: '/api/session', headers, payload });
    const statuses = new Set<number>();
    for (let tried = 0; tried < 200; tried += 1) statuses.add((await ask()).statusCode);
    expect(statuses).toContain(429);
    expect((await signIn(app, TEST_TOKENS.admin)).statusCode).toBe(200);
  });
});

describe('a session', () => {
  test('holds on another instance, and after a restart', async () => {
    const cookie = await cookieOf(api.openApp(), TEST_TOKENS.read);
    expect((await session(api.openApp(), cookie)).statusCode).toBe(200);
  });

  test('ends when its token is changed, and only then', async () => {
    const admin = await cookieOf(api.openApp(), TEST_TOKENS.admin);
    const read = await cookieOf(api.openApp(), TEST_TOKENS.read);
    const changed = api.openApp({ tokens: { ...TEST_TOKENS, admin: 'another' } });
    expect((await reading(changed, admin)).statusCode).toBe(401);
    expect((await reading(changed, read)).statusCode).toBe(200);
    const removed = api.openApp({ tokens: { ...TEST_TOKENS, read: null } });
    expect((await reading(removed, read)).statusCode).toBe(401);
  });

  test('ends at its time', async () => {
    const app = api.openApp();
    const cookie = await cookieOf(app, TEST_TOKENS.admin);
    api.clock.nowMs = NOW_MS + 12 * HOUR_MS - 1;
    expect((await reading(app, cookie)).statusCode).toBe(200);
    api.clock.nowMs = NOW_MS + 12 * HOUR_MS;
    expect((await reading(app, cookie)).statusCode).toBe(401);
    api.clock.nowMs = NOW_MS;
  });

  test.each(['', 'x', 'x.y', 'bnVsbA.x', `${'x'.repeat(2_000)}.x`, '.', 'a.b.c'])(
    'that is none is nobody: %s',
    async (value) => {
      const answer = await reading(api.openApp(), `hookpulse_session=${value}`);
      expect(answer.statusCode).toBe(401);
    },
  );

  test('does not stand in for a wrong token', async () => {
    const app = api.openApp();
    const cookie = await cookieOf(app, TEST_TOKENS.admin);
    const headers = { cookie, authorization: 'Bearer wrong' };
    expect((await app.inject({ url: '/api/bots', headers })).statusCode).toBe(401);
  });

  test('asked about by a token has no end', async () => {
    const headers = { authorization: `Bearer ${TEST_TOKENS.read}` };
    const answer = await api.openApp().inject({ url: '/api/session', headers });
    expect(answer.json()).toEqual({ access: 'read', expires_at: null, reads_health: true });
  });

  test.each([
    ['what is open to all', null, true],
    ['that nothing is', TEST_TOKENS.read, false],
  ])('who has none is told %s', async (_name, read, reads_health) => {
    const app = api.openApp({ tokens: { ...TEST_TOKENS, read } });
    const answer = await session(app, '');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ access: 'none', expires_at: null, reads_health });
    expect((await app.inject('/api/health/webhook')).statusCode).toBe(reads_health ? 200 : 401);
  });

  test('is forgotten by the browser that signs out', async () => {
    const answer = await api.openApp().inject({ method: 'DELETE', url: '/api/session' });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['set-cookie']).toBe(
      'hookpulse_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    );
  });
});

describe('changing something by cookie', () => {
  test.each([
    ['from a page of this address', { 'sec-fetch-site': 'same-origin' }, 200],
    ['from an old browser', { origin: 'http://localhost:80' }, 200],
    ['from another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from another host of this site', { 'sec-fetch-site': 'same-site' }, 403],
    ['from the page of another origin', { origin: 'http://evil.example' }, 403],
    ['from another port', { origin: 'http://localhost:8080' }, 403],
    ['from a sandbox', { origin: 'null' }, 403],
    ['from who does not tell', {}, 403],
  ])('%s', async (_name, headers, statusCode) => {
    const app = api.openApp();
    await api.registry.put(testBot('a'));
    const cookie = await cookieOf(app, TEST_TOKENS.admin);
    const answer = await app.inject({
      method: 'PATCH',
      url: '/api/bots/a',
      headers: { ...headers, cookie, host: 'localhost' },
      payload: { name: 'New' },
    });
    expect(answer.statusCode).toBe(statusCode);
  });
});
