/** The guards in front of every route: security headers, other origins, rate limits. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

const ADMIN = { authorization: `Bearer ${TEST_TOKENS.admin}` };

describe('every answer', () => {
  test.each(['/api/bots', '/livez', '/nothing', '/api/session'])(
    'tells browsers to load and send nothing elsewhere: %s',
    async (url) => {
      const { headers } = await api.openApp().inject(url);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/default-src 'self'; script-src 'self';/),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'x-request-id': expect.any(String),
      });
      expect(headers['strict-transport-security']).toBeUndefined();
    },
  );

  test('over https says to stay there', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    const answer = await api.openApp({ trustProxy: true }).inject({ url: '/livez', headers });
    expect(answer.headers['strict-transport-security']).toBe('max-age=15552000');
  });
});

describe('a page of another origin', () => {
  const origin = 'https://grafana.example.com';
  const preflight = {
    method: 'OPTIONS',
    url: '/api/bots',
    headers: { origin, 'access-control-request-method': 'GET' },
  } as const;

  test('may ask nothing unless it is listed', async () => {
    for (const corsOrigins of [[], ['https://other.example.com']]) {
      const app = api.openApp({ corsOrigins });
      expect((await app.inject(preflight)).statusCode).toBe(405);
      const answer = await app.inject({ url: '/api/bots', headers: { ...ADMIN, origin } });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('that is listed may ask with a token, and never with a cookie', async () => {
    const app = api.openApp({ corsOrigins: [origin] });
    const allowed = await app.inject(preflight);
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': expect.stringContaining('authorization'),
      vary: 'Origin',
    });
    expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
    const answer = await app.inject({ url: '/api/bots', headers: { ...ADMIN, origin } });
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    const refused = await app.inject({ url: '/api/bots', headers: { origin } });
    expect(refused.statusCode).toBe(401);
    expect(refused.headers['access-control-allow-origin']).toBe(origin);
  });
});

describe('a page of a foreign name that resolves to this machine', () => {
  const ask = async (app: ReturnType<TestQueryApi['openApp']>, url: string, headers: object) =>
    (await app.inject({ url, headers: { ...headers } })).statusCode;
  const foreign = { host: 'evil.example:8081' };

  test.each(['/api/health/webhook', '/api/health/webhook/a', '/metrics'])(
    'does not read %s, which others do',
    async (url) => {
      const app = api.openApp({
        tokens: { ...TEST_TOKENS, read: null, openTo: ['known.example'] },
      });
      expect(await ask(app, url, foreign)).toBe(421);
      for (const host of ['localhost:8081', '127.0.0.1:8081', '[::1]', 'known.example']) {
        expect(await ask(app, url, { host })).not.toBe(421);
      }
    },
  );

  test('is no matter where a token is shown, or to be shown, or any name is one of ours', async () => {
    const open = { ...TEST_TOKENS, read: null, openTo: [] };
    const url = '/api/health/webhook';
    expect(await ask(api.openApp({ tokens: open }), url, { ...ADMIN, ...foreign })).toBe(200);
    const closed = { ...TEST_TOKENS, openTo: [] };
    expect(await ask(api.openApp({ tokens: closed }), url, foreign)).toBe(401);
    const anywhere = { ...open, openTo: null };
    expect(await ask(api.openApp({ tokens: anywhere }), url, foreign)).toBe(200);
  });
});

describe('who asks too often', () => {
  test('from one address is told when to come again, other addresses are answered', async () => {
    const app = api.openApp({ rateLimits: { perAddress: 3, perToken: 0 } });
    for (let asked = 0; asked < 3; asked += 1) {
      expect((await app.inject('/nothing')).statusCode).toBe(404);
    }
    const refused = await app.inject('/nothing');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('20');
    expect(refused.json()).toEqual({
      status: 'error',
      error: 'Too many requests; try again in 20 s.',
      details: [],
    });
    expect((await app.inject({ url: '/livez', headers: ADMIN })).statusCode).toBe(200);
    const remoteAddress = '203.0.113.9';
    expect((await app.inject({ url: '/nothing', remoteAddress })).statusCode).toBe(404);
    // A client with a valid token is not locked out by others behind the address.
    expect((await app.inject({ url: '/api/bots', headers: ADMIN })).statusCode).toBe(200);
    api.clock.nowMs += 20_000;
    expect((await app.inject('/nothing')).statusCode).toBe(404);
  });

  test('from one address behind a proxy is one, whatever ports and forms it is written with', async () => {
    const app = api.openApp({ trustProxy: true, rateLimits: { perAddress: 3, perToken: 0 } });
    const ask = async (forwardedFor: string) => {
      const headers = { 'x-forwarded-for': forwardedFor };
      return (await app.inject({ url: '/nothing', headers })).statusCode;
    };
    expect(await ask('203.0.113.60:40001')).toBe(404);
    expect(await ask('203.0.113.60:40002')).toBe(404);
    expect(await ask('::FFFF:203.0.113.60')).toBe(404);
    expect(await ask('203.0.113.60')).toBe(429);
    expect(await ask('203.0.113.61:40001')).toBe(404);
  });

  test('with one token from many addresses, too; the other token is answered', async () => {
    const app = api.openApp({ rateLimits: { perAddress: 0, perToken: 2 } });
    const ask = (authorization: string, from: number) =>
      app.inject({
        url: '/api/bots',
        headers: { authorization },
        remoteAddress: `203.0.113.${from}`,
      });
    expect((await ask(ADMIN.authorization, 1)).statusCode).toBe(200);
    expect((await ask(ADMIN.authorization, 2)).statusCode).toBe(200);
    expect((await ask(ADMIN.authorization, 3)).statusCode).toBe(429);
    expect((await ask(`Bearer ${TEST_TOKENS.read}`, 3)).statusCode).toBe(200);
    expect((await ask('Bearer wrong', 3)).statusCode).toBe(401);
  });
});
