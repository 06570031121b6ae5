import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { SESSIONS_TOPIC } from '@hookpulse/event-log/topics';
import { openNamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openSessions } from '../access/sessions.ts';
import type { QueryApiDeps } from '../app.ts';
import { cookieIn, createTestToken, signInWith } from '../testing/access.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const ADMIN = { authorization: `Bearer ${TEST_TOKENS.admin}` };
const READ = { authorization: `Bearer ${TEST_TOKENS.read}` };

let api: TestQueryApi;
let app: App;
beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
});
// Each with limits of its own: the clock goes back.
beforeEach(() => {
  api.clock.nowMs = NOW_MS;
  app = api.openApp();
});
afterAll(() => api.close());

type App = ReturnType<TestQueryApi['openApp']>;
type Headers = Record<string, string>;

const signIn = (at: App, token: string, headers: Headers = {}) =>
  at.inject({ method: 'POST', url: '/api/session', headers, payload: { token } });

const session = (at: App, cookie: string) =>
  at.inject({ url: '/api/session', headers: { cookie } });

const reading = async (at: App, cookie: string) =>
  (await at.inject({ url: '/api/bots', headers: { cookie } })).statusCode;

/** Another process on the same log. */
function otherProcess(): QueryApiDeps & { close(): Promise<unknown> } {
  const { log, logger, clock } = api.deps;
  const sessions = openSessions({ log, logger, clock });
  const namedTokens = openNamedTokens({ log, logger });
  const close = () => Promise.all([sessions.close(), namedTokens.close()]);
  return { ...api.deps, sessions, namedTokens, close };
}

describe('signing in', () => {
  test.each([
    ['admin', TEST_TOKENS.admin, '2026-02-11T08:00:00.000Z', 43_200, 'ADMIN_TOKEN'],
    ['read', TEST_TOKENS.read, '2026-03-12T20:00:00.000Z', 2_592_000, 'READ_TOKEN'],
  ])('with the %s token', async (access, token, expires_at, maxAge, name) => {
    const answer = await signIn(app, token);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ access, expires_at });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(
      /^hookpulse_session_80=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).toContain(`Max-Age=${maxAge}`);
    const who = await session(app, cookieIn(cookie));
    expect(who.statusCode).toBe(200);
    expect(who.json()).toEqual({
      access,
      expires_at,
      reads_health: true,
      token: { token_id: null, name },
      bots: null,
      session_id: expect.any(String),
    });
  });

  test('with a named token, which the session does not outlive', async () => {
    const expires_at = new Date(NOW_MS + HOUR_MS).toISOString();
    const { token, tokenId } = await createTestToken(api, {
      ...{ name: 'Ann', scope: 'write', bots: ['a'], expires_at },
    });
    const answer = await signIn(app, token);
    expect(answer.json()).toEqual({ access: 'write', expires_at });
    const cookie = cookieIn(answer.headers['set-cookie']);
    expect((await session(app, cookie)).json()).toMatchObject({
      ...{ access: 'write', bots: ['a'], token: { token_id: tokenId, name: 'Ann' } },
    });
    api.clock.nowMs += HOUR_MS;
    expect(await reading(app, cookie)).toBe(401);
  });

  test('leaves hashes only on the log, and nothing that helps to guess a token', async () => {
    const cookie = await signInWith(app, TEST_TOKENS.admin);
    const secret = cookie.split('=')[1] ?? '';
    const seen: string[] = [];
    const follower = await api.deps.log.follow({
      topic: SESSIONS_TOPIC,
      onMessage: ({ key, value }) => seen.push(`${key} ${value && Buffer.from(value)}`),
    });
    await follower.caughtUp;
    await follower.close();
    const text = seen.join('\n');
    expect(text).toContain(sha256Hex(secret));
    for (const told of [secret, TEST_TOKENS.admin, sha256Hex(TEST_TOKENS.admin)]) {
      expect(text).not.toContain(told);
    }
  });

  test.each<[string, Headers, Partial<Parameters<TestQueryApi['openApp']>[0]>, string]>([
    ['port 80', { host: 'pulse.example.com' }, {}, 'hookpulse_session_80'],
    ['its port', { host: 'pulse.example.com:8081' }, {}, 'hookpulse_session_8081'],
    ['its port on IPv6', { host: '[::1]:8091' }, {}, 'hookpulse_session_8091'],
    [
      'the port that people reach',
      { host: 'upstream:8081', 'x-forwarded-proto': 'https' },
      { trustProxy: true, publicUrl: 'https://pulse.example.com:8443/hp' },
      '__Host-hookpulse_session_8443',
    ],
    [
      'a trusted proxy that says HTTPS',
      { host: 'pulse.example.com', 'x-forwarded-proto': 'https' },
      { trustProxy: true },
      '__Host-hookpulse_session_443',
    ],
    [
      'no trusted proxy that says HTTPS',
      { host: 'pulse.example.com', 'x-forwarded-proto': 'https' },
      {},
      'hookpulse_session_80',
    ],
    [
      'a page of HTTPS',
      { host: 'upstream:8081', origin: 'https://pulse.example.com' },
      {},
      '__Host-hookpulse_session_8081',
    ],
    [
      'an address of HTTPS',
      { host: 'upstream:8081' },
      { publicUrl: 'https://pulse.example.com' },
      '__Host-hookpulse_session_443',
    ],
    [
      'a page of HTTP beside an address of HTTPS',
      { host: '127.0.0.1:8081', origin: 'http://127.0.0.1:8081' },
      { publicUrl: 'https://pulse.example.com' },
      'hookpulse_session_443',
    ],
  ])('gives a cookie for %s', async (_name, headers, settings, name) => {
    const at = api.openApp(settings);
    const answer = await signIn(at, TEST_TOKENS.admin, headers);
    const setCookie = String(answer.headers['set-cookie']);
    expect(setCookie.split('=')[0]).toBe(name);
    expect(setCookie.endsWith('; Secure')).toBe(name.startsWith('__Host-'));
    expect(setCookie).toContain('; Path=/; HttpOnly; SameSite=Strict');
    const cookie = cookieIn(setCookie);
    const { origin: _, ...later } = headers;
    const asked = await at.inject({ url: '/api/bots', headers: { ...later, cookie } });
    expect(asked.statusCode).toBe(200);
  });

  test('over HTTPS takes no cookie that a page over HTTP could have set', async () => {
    const at = api.openApp({ trustProxy: true });
    const host = 'pulse.example.com:8443';
    const cookie = await signInWith(api.openApp(), TEST_TOKENS.admin);
    const value = cookie.split('=')[1];
    const headers = {
      host,
      'x-forwarded-proto': 'https',
      cookie: `hookpulse_session_8443=${value}`,
    };
    expect((await at.inject({ url: '/api/bots', headers })).statusCode).toBe(401);
  });

  test('with another token is 401, and tells nothing', async () => {
    const answer = await signIn(app, 'wrong');
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test.each([
    ['an object with no token', '{}'],
    ['no JSON', '{"token":'],
    ['more than a token', JSON.stringify({ token: 'x'.repeat(9_000) })],
  ])('with %s counts as a failure', async (_name, payload) => {
    const at = api.openApp();
    const headers = { 'content-type': 'application/json' };
    const ask = () => at.inject({ method: 'POST', url: '/api/session', headers, payload });
    const statuses = new Set<number>();
    for (let tried = 0; tried < 200; tried += 1) statuses.add((await ask()).statusCode);
    expect(statuses).toContain(429);
    expect((await signIn(at, TEST_TOKENS.admin)).statusCode).toBe(200);
  });

  test('is 503 while the log takes nothing: a session that is not kept would be none', async () => {
    const { sessions } = api.deps;
    const begin = () => Promise.reject(new LogUnavailableError('away'));
    const at = api.openApp({}, { sessions: { ...sessions, begin } });
    const answer = await signIn(at, TEST_TOKENS.admin);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('a session', () => {
  test('holds in another process, and after a restart', async () => {
    const before = otherProcess();
    await before.sessions.opened;
    const cookie = await signInWith(app, TEST_TOKENS.read);
    const there = api.openApp({}, before);
    await until('the session', async () => (await reading(there, cookie)) === 200);
    const after = otherProcess();
    await after.sessions.opened;
    expect(await reading(api.openApp({}, after), cookie)).toBe(200);
    await Promise.all([before.close(), after.close()]);
  });

  test('that is signed out is over in every process, also for a stolen cookie', async () => {
    const other = otherProcess();
    await other.sessions.opened;
    const there = api.openApp({}, other);
    const cookie = await signInWith(app, TEST_TOKENS.admin);
    await until('the session', async () => (await reading(there, cookie)) === 200);
    const answer = await app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['set-cookie']).toEqual([
      'hookpulse_session_80=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    expect(await reading(app, cookie)).toBe(401);
    await until('the end', async () => (await reading(there, cookie)) === 401);
    await other.close();
  });

  test('that cannot be ended is not said to be', async () => {
    const { sessions } = api.deps;
    const end = () => Promise.reject(new LogUnavailableError('away'));
    const at = api.openApp({}, { sessions: { ...sessions, end } });
    const cookie = await signInWith(app, TEST_TOKENS.read);
    const answer = await at.inject({ method: 'DELETE', url: '/api/session', headers: { cookie } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('of a table that has not been read yet is 503, and open pages go on', async () => {
    const { log, logger, clock } = api.deps;
    const follow = async () => ({ caughtUp: new Promise<void>(() => {}), close: async () => {} });
    const sessions = openSessions({ log: { ...log, follow, publish: log.publish }, logger, clock });
    const at = api.openApp({}, { sessions });
    const cookie = await signInWith(app, TEST_TOKENS.read);
    expect(await reading(at, cookie)).toBe(503);
    expect((await session(at, cookie)).statusCode).toBe(503);
    expect((await session(at, '')).json()).toMatchObject({ access: 'none' });
    expect((await at.inject({ url: '/sign-in', headers: { cookie } })).statusCode).toBe(200);
    expect((await at.inject({ url: '/api/bots', headers: READ })).statusCode).toBe(200);
    await sessions.close();
  });

  test('ends when its token is changed, and only then', async () => {
    const admin = await signInWith(app, TEST_TOKENS.admin);
    const read = await signInWith(app, TEST_TOKENS.read);
    const changed = api.openApp({ tokens: { ...TEST_TOKENS, admin: 'another' } });
    expect(await reading(changed, admin)).toBe(401);
    expect(await reading(changed, read)).toBe(200);
    const removed = api.openApp({ tokens: { ...TEST_TOKENS, read: null } });
    expect(await reading(removed, read)).toBe(401);
    const swapped = api.openApp({ tokens: { admin: TEST_TOKENS.read, read: TEST_TOKENS.admin } });
    expect(await reading(swapped, read)).toBe(401);
  });

  test.each([
    ['admin', TEST_TOKENS.admin, 2 * HOUR_MS, 12 * HOUR_MS],
    ['read', TEST_TOKENS.read, 7 * DAY_MS, 30 * DAY_MS],
  ])('of the scope %s ends when idle, and at its time', async (_scope, token, idleMs, lifeMs) => {
    const idle = await signInWith(app, token);
    const used = await signInWith(app, token);
    api.clock.nowMs = NOW_MS + idleMs - 1;
    expect(await reading(app, used)).toBe(200);
    api.clock.nowMs = NOW_MS + idleMs;
    expect(await reading(app, idle)).toBe(401);
    await until('the use to be noted', async () => (await reading(app, used)) === 200);
    for (let nowMs = NOW_MS + idleMs; nowMs < NOW_MS + lifeMs; nowMs += idleMs / 2) {
      api.clock.nowMs = nowMs;
      await until('the use to be noted', async () => (await reading(app, used)) === 200);
    }
    api.clock.nowMs = NOW_MS + lifeMs - 1;
    expect(await reading(app, used)).toBe(200);
    api.clock.nowMs = NOW_MS + lifeMs;
    expect(await reading(app, used)).toBe(401);
  });

  test('writes its use to the log at a bounded rate', async () => {
    const cookie = await signInWith(app, TEST_TOKENS.read);
    const writes = async () => (await api.deps.log.ranges(SESSIONS_TOPIC))[0]?.endOffset ?? 0n;
    const lastUse = async () => {
      const { json } = await app.inject({ url: '/api/sessions', headers: { cookie } });
      const listed: { current: boolean; last_used_at: string }[] = json().sessions;
      return listed.find(({ current }) => current)?.last_used_at;
    };
    const before = await writes();
    for (let minute = 0; minute < 20; minute += 1) {
      api.clock.nowMs = NOW_MS + minute * 60_000;
      for (let asked = 0; asked < 5; asked += 1) await reading(app, cookie);
    }
    const newest = new Date(NOW_MS + 15 * 60_000).toISOString();
    await until('the last note', async () => (await lastUse()) === newest);
    expect((await writes()) - before).toBe(4n);
  });

  test.each(['', 'x', 'x.y', 'bnVsbA.x', 'x'.repeat(2_000), '.', 'a.b.c', 'a'.repeat(43)])(
    'that is none is nobody: %s',
    async (value) => {
      expect(await reading(app, `hookpulse_session_80=${value}`)).toBe(401);
    },
  );

  test('is found beside a cookie of the same name for another path', async () => {
    const cookie = await signInWith(app, TEST_TOKENS.read);
    expect(await reading(app, `hookpulse_session_80=stale; ${cookie}`)).toBe(200);
  });

  test('does not stand in for a wrong token', async () => {
    const cookie = await signInWith(app, TEST_TOKENS.admin);
    const headers = { cookie, authorization: 'Bearer wrong' };
    expect((await app.inject({ url: '/api/bots', headers })).statusCode).toBe(401);
  });

  test('asked about by a token has no end', async () => {
    const answer = await app.inject({ url: '/api/session', headers: READ });
    expect(answer.json()).toMatchObject({ access: 'read', expires_at: null, session_id: null });
  });

  test.each([
    ['what is open to all', null, true],
    ['that nothing is', TEST_TOKENS.read, false],
  ])('who has none is told %s', async (_name, read, reads_health) => {
    const at = api.openApp({ tokens: { ...TEST_TOKENS, read } });
    const answer = await session(at, '');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ access: 'none', expires_at: null, reads_health });
    expect((await at.inject('/api/health/webhook')).statusCode).toBe(reads_health ? 200 : 401);
  });
});

describe('the list of sessions', () => {
  const list = async (headers: Headers) =>
    (await app.inject({ url: '/api/sessions', headers })).json().sessions;
  const ids = async (headers: Headers): Promise<string[]> =>
    (await list(headers)).map(({ session_id }: { session_id: string }) => session_id);
  const idOf = async (cookie: string): Promise<string> =>
    (await session(app, cookie)).json().session_id;
  const end = (path: string, headers: Headers) =>
    app.inject({ method: 'DELETE', url: `/api/sessions${path}`, headers });

  test('tells who is signed in since when and from where, the newest first', async () => {
    await end('?all=true', ADMIN);
    const answer = await app.inject({
      method: 'POST',
      url: '/api/session',
      remoteAddress: '203.0.113.7',
      headers: { 'user-agent': 'Firefox' },
      payload: { token: TEST_TOKENS.read },
    });
    const reader = cookieIn(answer.headers['set-cookie']);
    const admin = await signInWith(app, TEST_TOKENS.admin);
    expect(await ids({ cookie: admin })).toEqual([await idOf(admin), await idOf(reader)]);
    expect(await list({ cookie: reader })).toEqual([
      {
        session_id: await idOf(reader),
        access: 'read',
        token: { token_id: null, name: 'READ_TOKEN' },
        created_at: '2026-02-10T20:00:00.000Z',
        last_used_at: '2026-02-10T20:00:00.000Z',
        idle_ends_at: '2026-02-17T20:00:00.000Z',
        expires_at: '2026-03-12T20:00:00.000Z',
        address: '203.0.113.7',
        user_agent: 'Firefox',
        current: true,
      },
    ]);
  });

  test('lets an admin end any one, others only those of their own token', async () => {
    const [reader, admin] = [
      await signInWith(app, TEST_TOKENS.read),
      await signInWith(app, TEST_TOKENS.admin),
    ];
    expect((await end(`/${await idOf(admin)}`, READ)).statusCode).toBe(404);
    expect(await reading(app, admin)).toBe(200);
    expect((await end(`/${await idOf(reader)}`, ADMIN)).statusCode).toBe(204);
    expect(await reading(app, reader)).toBe(401);
    expect((await end('/nothing', ADMIN)).statusCode).toBe(404);
  });

  test('is signed out everywhere by one', async () => {
    await end('?all=true', ADMIN);
    const readers = [
      await signInWith(app, TEST_TOKENS.read),
      await signInWith(app, TEST_TOKENS.read),
    ];
    const admin = await signInWith(app, TEST_TOKENS.admin);
    expect((await end('?all=true', READ)).statusCode).toBe(403);
    const answer = await end('', { cookie: readers[0] ?? '', 'sec-fetch-site': 'same-origin' });
    expect(answer.json()).toEqual({ ended: 2 });
    for (const cookie of readers) expect(await reading(app, cookie)).toBe(401);
    expect(await reading(app, admin)).toBe(200);
    expect((await end('?all=true', ADMIN)).json()).toEqual({ ended: 1 });
    expect(await reading(app, admin)).toBe(401);
  });

  test('has a bound: signing in again and again ends the oldest sessions', async () => {
    await end('?all=true', ADMIN);
    const oldest = await signInWith(app, TEST_TOKENS.read);
    const { record } = api.deps.sessions.list()[0] ?? {};
    if (!record) throw new Error('nobody is signed in');
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        api.deps.sessions.begin({ ...record, session_id: `session-${index}` }),
      ),
    );
    await signInWith(app, TEST_TOKENS.read);
    expect(api.deps.sessions.list()).toHaveLength(1_000);
    expect(await reading(app, oldest)).toBe(401);
    await end('?all=true', ADMIN);
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
    await api.registry.put(testBot('a'));
    const cookie = await signInWith(app, TEST_TOKENS.admin);
    const answer = await app.inject({
      method: 'PATCH',
      url: '/api/bots/a',
      headers: { ...headers, cookie, host: 'localhost' },
      payload: { name: 'New' },
    });
    expect(answer.statusCode).toBe(statusCode);
  });
});
