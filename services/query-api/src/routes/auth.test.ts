import { testBot } from '@hookpulse/common/testing/bots';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

let api: TestQueryApi;
beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
});
afterAll(() => api.close());
beforeEach(() => api.registry.put(testBot('a')));

const AUTHORIZATION = {
  none: undefined,
  read: `Bearer ${TEST_TOKENS.read}`,
  admin: `Bearer ${TEST_TOKENS.admin}`,
  wrong: 'Bearer wrong',
  basic: `Basic ${TEST_TOKENS.admin}`,
} as const;
type Credential = keyof typeof AUTHORIZATION;

const READ_AND_ADMIN = { none: 401, read: 200, admin: 200, wrong: 401, basic: 401 };
const OPEN = { none: 200, read: 200, admin: 200, wrong: 200, basic: 200 };
const WRITE = (done: number) => ({ none: 401, read: 403, admin: done, wrong: 401, basic: 401 });

interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly payload?: object;
  /** Answers when both tokens are set, and when only the admin token is. */
  readonly withBoth: Record<Credential, number>;
  readonly withAdminOnly: Record<Credential, number>;
}

const withoutRead = { ...READ_AND_ADMIN, read: 401 };
const writeWithoutRead = (done: number) => ({ ...WRITE(done), read: 401 });

const ROUTES: readonly Route[] = [
  ...['/metrics', '/api/health/webhook/', '/api/health/webhook', '/api/health/webhook/a/'].map(
    (url) => ({ method: 'GET' as const, url, withBoth: READ_AND_ADMIN, withAdminOnly: OPEN }),
  ),
  ...['/livez', '/readyz'].map((url) => ({
    method: 'GET' as const,
    url,
    withBoth: OPEN,
    withAdminOnly: OPEN,
  })),
  { method: 'HEAD', url: '/api/health/webhook/', withBoth: READ_AND_ADMIN, withAdminOnly: OPEN },
  { method: 'GET', url: '/api/bots', withBoth: READ_AND_ADMIN, withAdminOnly: withoutRead },
  { method: 'HEAD', url: '/api/bots', withBoth: READ_AND_ADMIN, withAdminOnly: withoutRead },
  { method: 'GET', url: '/api/bots/a/', withBoth: READ_AND_ADMIN, withAdminOnly: withoutRead },
  {
    method: 'POST',
    url: '/api/bots',
    payload: { name: 'New' },
    withBoth: WRITE(201),
    withAdminOnly: writeWithoutRead(201),
  },
  {
    method: 'PATCH',
    url: '/api/bots/a',
    payload: { name: 'New' },
    withBoth: WRITE(200),
    withAdminOnly: writeWithoutRead(200),
  },
  ...['/api/alerts', '/api/silences', '/api/alert-settings'].map((url) => ({
    method: 'GET' as const,
    url,
    withBoth: READ_AND_ADMIN,
    withAdminOnly: withoutRead,
  })),
  {
    method: 'POST',
    url: '/api/silences',
    payload: { reason: 'we know', duration_minutes: 5 },
    withBoth: WRITE(201),
    withAdminOnly: writeWithoutRead(201),
  },
  {
    method: 'DELETE',
    url: '/api/silences/nothing',
    withBoth: WRITE(404),
    withAdminOnly: writeWithoutRead(404),
  },
  {
    method: 'PATCH',
    url: '/api/alert-settings',
    payload: {},
    withBoth: WRITE(200),
    withAdminOnly: writeWithoutRead(200),
  },
  {
    method: 'DELETE',
    url: '/api/bots/a/',
    withBoth: WRITE(204),
    withAdminOnly: writeWithoutRead(204),
  },
];

const CREDENTIALS: readonly Credential[] = ['none', 'read', 'wrong', 'basic', 'admin'];
const SETTINGS = [
  ['both tokens', 'withBoth', TEST_TOKENS],
  ['the admin token only', 'withAdminOnly', { ...TEST_TOKENS, read: null }],
] as const;

describe.each(SETTINGS)('with %s set', (_name, expectation, tokens) => {
  let app: HttpApp;
  beforeAll(() => {
    app = api.openApp({ tokens });
  });

  describe.each(ROUTES)('$method $url', ({ method, url, payload, ...expected }) => {
    test.each(CREDENTIALS)('for %s', async (credential) => {
      const authorization = AUTHORIZATION[credential];
      const answer = await app.inject({
        method,
        url,
        // Each route from its own: one address may fail so often only.
        remoteAddress: `203.0.113.${ROUTES.findIndex((one) => one.url === url)}`,
        headers: authorization ? { authorization } : {},
        ...(payload ? { payload } : {}),
      });
      const statusCode = expected[expectation][credential];
      expect(answer.statusCode).toBe(statusCode);
      if (statusCode === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
      if (statusCode >= 400 && statusCode !== 404 && method !== 'HEAD') {
        expect(answer.json()).toEqual({
          status: 'error',
          error: expect.stringMatching(/token/),
          details: [],
        });
      }
    });
  });
});

test('with only a read token set nobody can write', async () => {
  const app = api.openApp({ tokens: { admin: null, read: TEST_TOKENS.read } });
  const as = async (credential: Credential) =>
    app.inject({
      method: 'DELETE',
      url: '/api/bots/a',
      headers: { authorization: AUTHORIZATION[credential] ?? '' },
    });
  expect((await as('read')).statusCode).toBe(403);
  expect((await as('admin')).statusCode).toBe(401);
});

test('with no token set nobody gets beyond the open routes', async () => {
  const app = api.openApp({ tokens: { admin: null, read: null } });
  for (const authorization of Object.values(AUTHORIZATION)) {
    const headers = authorization ? { authorization } : {};
    expect((await app.inject({ url: '/api/bots', headers })).statusCode).toBe(401);
    expect((await app.inject({ url: '/api/health/webhook', headers })).statusCode).toBe(200);
  }
});

test('a request without a token is refused before its body is read', async () => {
  const answer = await api.openApp().inject({
    method: 'POST',
    url: '/api/bots',
    headers: { 'content-type': 'application/json' },
    payload: '{broken',
  });
  expect(answer.statusCode).toBe(401);
});

test('what is not there is 404 for everybody', async () => {
  const answer = await api.openApp().inject('/api/nothing');
  expect(answer.statusCode).toBe(404);
});
