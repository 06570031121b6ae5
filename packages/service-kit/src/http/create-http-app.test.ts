import { setImmediate as nextTurn } from 'node:timers/promises';
import { parsePrometheusText, sampleValue } from '@hookpulse/common/testing/prometheus-text';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { TableNotReadError } from '@hookpulse/topic-tables/topic-table';
import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import Type from 'typebox';
import { createServiceMetrics } from '../metrics/metrics.ts';
import { createHttpApp, type HttpAppOptions } from './create-http-app.ts';
import type { HttpApp } from './http-app.ts';
import { badRequest, unauthorized } from './http-error.ts';
import { sendRaw } from './testing/raw-request.ts';

const opened: HttpApp[] = [];
const logged: string[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
  logged.length = 0;
});

class StoreDownError extends Error {}

function openApp(options: Partial<HttpAppOptions> = {}): HttpApp {
  const logger = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
  const app = createHttpApp({
    logger,
    readinessChecks: [],
    metrics: createServiceMetrics('test'),
    unavailableErrors: [StoreDownError],
    bodyLimitBytes: 1_000,
    ...options,
  });
  opened.push(app);
  app.post('/echo', (request) => ({ got: request.body }));
  const body = Type.Object({}, { description: 'a JSON object' });
  app.post('/required', { schema: { body } }, (request) => request.body);
  app.get('/fail', () => {
    throw new Error('password=hunter2 at /srv/secret.ts');
  });
  app.get('/refuse', () => {
    throw badRequest('No.', [{ index: 3, message: 'bad' }]);
  });
  app.get('/private', () => {
    throw unauthorized('A token is needed.');
  });
  app.get('/log-down', () => {
    throw new LogUnavailableError('broker 10.0.0.1 refused');
  });
  app.get('/not-read', () => {
    throw new TableNotReadError('the alerts have not been read from the log yet');
  });
  app.get('/store-down', () => {
    throw new StoreDownError('code 210');
  });
  app.get('/names/:name', (request) => request.params);
  app.get(
    '/list',
    {
      schema: {
        querystring: Type.Object(
          {
            limit: Type.Integer({ minimum: 1, maximum: 9, description: 'a number from 1 to 9' }),
            strict: Type.Optional(Type.Boolean()),
          },
          { additionalProperties: false },
        ),
      },
    },
    (request) => ({ next: request.query.limit + 1, strict: request.query.strict }),
  );
  return app;
}

async function listen(app: HttpApp): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}

function error(sentence: unknown, details: unknown[] = []) {
  return { status: 'error', error: sentence, details };
}

describe('every answer', () => {
  test.each(['/names/x', '/nowhere', '/fail', '/names/%zz', '/livez'])(
    'has the id of its request: %s',
    async (url) => {
      const app = openApp();
      const given = await app.inject({ url, headers: { 'x-request-id': 'proxy-42' } });
      expect(given.headers['x-request-id']).toBe('proxy-42');
      const made = await app.inject({ url, headers: { 'x-request-id': 'not so' } });
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('has an id even where the request was no HTTP', async () => {
    const answer = await sendRaw(await listen(openApp()), 'hello\r\n\r\n');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('that failed can be found in the log by it', async () => {
    await openApp().inject({ url: '/fail', headers: { 'x-request-id': 'proxy-42' } });
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ requestId: 'proxy-42', level: 50 });
  });
});

describe('an error answer', () => {
  test('tells nothing of an unexpected error, which is logged', async () => {
    const answer = await openApp().inject('/fail');
    expect(answer.statusCode).toBe(500);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json()).toEqual(error('Internal error. Details are in the service log.'));
    expect(logged.join()).toContain('hunter2');
  });

  test('carries what the handler said', async () => {
    const answer = await openApp().inject('/refuse');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual(error('No.', [{ index: 3, message: 'bad' }]));
  });

  test('of 401 names the scheme', async () => {
    const answer = await openApp().inject('/private');
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test.each(['/log-down', '/store-down'])('is 503 with Retry-After at %s', async (url) => {
    const answer = await openApp().inject(url);
    expect(answer.statusCode).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.body).not.toMatch(/10\.0\.0\.1|210/);
    expect(logged).toHaveLength(1);
  });

  test('is 503 and names the table that has not been read', async () => {
    const answer = await openApp().inject('/not-read');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual(
      error('The alerts have not been read from the log yet; try again.'),
    );
  });

  test('of an unknown path is 404, of a known one with another method 405', async () => {
    const app = openApp();
    const missing = await app.inject('/nowhere?x=1');
    expect(missing.statusCode).toBe(404);
    expect(missing.json()).toEqual(error('No route matches this path.'));
    const wrongMethod = await app.inject({ method: 'DELETE', url: '/names/x/?y=2' });
    expect(wrongMethod.statusCode).toBe(405);
    expect(wrongMethod.headers.allow).toBe('GET, HEAD');
    expect(wrongMethod.json()).toEqual(
      error('Method not allowed. This path accepts GET and HEAD.'),
    );
  });

  test('of an unknown path or method comes before the body is judged', async () => {
    const app = openApp();
    const headers = { 'content-type': 'application/json' };
    const wrongMethod = { method: 'PUT', url: '/echo', headers, payload: '{"a":' } as const;
    expect((await app.inject(wrongMethod)).statusCode).toBe(405);
    const missing = { method: 'POST', url: '/nowhere', headers, payload: '' } as const;
    expect((await app.inject(missing)).statusCode).toBe(404);
  });

  test.each([
    ['an unencodable path', 'GET', '/names/%zz', undefined, undefined, 400],
    ['a broken body', 'POST', '/echo', 'application/json', '{"a":', 400],
    ['an empty body', 'POST', '/required', 'application/json', '', 400],
    ['a poisoned body', 'POST', '/echo', 'application/json', '{"__proto__":{}}', 400],
    ['text', 'POST', '/echo', 'text/plain', 'hello', 415],
    ['an unnamed type', 'POST', '/echo', undefined, 'hello', 415],
    ['a large body', 'POST', '/echo', 'application/json', `"${'x'.repeat(999)}"`, 413],
  ] as const)('of %s has the shape', async (_name, method, url, type, payload, statusCode) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const answer = await openApp().inject({ method, url, headers, payload: payload ?? '' });
    expect(answer.statusCode).toBe(statusCode);
    expect(answer.json()).toMatchObject({ status: 'error', error: expect.any(String) });
  });

  test('of a body over the limit is read even while the caller still sends', async () => {
    const url = await listen(openApp());
    const length = 20_000_000;
    const head = `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    const answer = await sendRaw(url, head + ' '.repeat(length), false);
    expect(answer.statusCode).toBe(413);
    expect(JSON.parse(answer.body)).toEqual(error('The body is too large.'));
  });

  test.each([
    ['what is not HTTP', 'hello\r\n\r\n', 400],
    ['a header too large', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'chunks that are none',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
    [
      'two lengths',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    ['no Host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['no Host at no path', 'GET /nowhere HTTP/1.1\r\n\r\n', 400],
    ['another expectation', 'GET /livez HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\n\r\n', 417],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', 405],
    ['a method that no route has', 'PROPFIND /livez HTTP/1.1\r\nHost: x\r\n\r\n', 405],
    ['a method that is none', 'BREW /livez HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['all of the server', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', 404],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ])('of %s has the shape', async (_name, bytes, statusCode) => {
    const answer = await sendRaw(await listen(openApp()), bytes);
    expect(answer.statusCode).toBe(statusCode);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'error', details: [] });
  });

  test.each([
    ['HTTP/1.0 without Host', 'GET /livez HTTP/1.0\r\n\r\n'],
    ['an absolute address', 'GET http://x/livez HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'an upgrade that nobody wants',
      'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
    ],
    [
      'an expectation that is met',
      'GET /livez HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n',
    ],
  ])('is not the answer to %s', async (_name, bytes) => {
    const { statusCode } = await sendRaw(await listen(openApp()), bytes);
    expect([100, 200]).toContain(statusCode);
  });

  test('of a request that never ends is 408', async () => {
    const app = openApp({ requestTimeoutMs: 50, connectionsCheckingIntervalMs: 20 });
    const head =
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nContent-Type: application/json\r\n\r\n{';
    const answer = await sendRaw(await listen(app), head, false);
    expect(answer.statusCode).toBe(408);
    expect(JSON.parse(answer.body)).toEqual(error('The request took too long to arrive.'));
  });
});

describe('a route', () => {
  test.each(['DELETE', 'PATCH', 'POST', 'PUT'] as const)(
    'to %s something needs no body, even where a content type is named',
    async (method) => {
      const app = openApp();
      app.route({ method, url: '/things', handler: () => ({ done: true }) });
      const headers = { 'content-type': 'application/json' };
      const answer = await app.inject({ method, url: '/things', headers });
      expect(answer.json()).toEqual({ done: true });
    },
  );

  test('that needs a body says so, whether a content type is named or not', async () => {
    for (const headers of [{ 'content-type': 'application/json' }, {}]) {
      const answer = await openApp().inject({ method: 'POST', url: '/required', headers });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toEqual({
        status: 'error',
        error: 'Invalid body.',
        details: [{ message: 'the body is empty' }],
      });
    }
  });

  test('takes a trailing slash or none', async () => {
    const app = openApp();
    expect((await app.inject('/names/x')).json()).toEqual({ name: 'x' });
    expect((await app.inject('/names/x/')).json()).toEqual({ name: 'x' });
  });

  test('judges a very long path part itself', async () => {
    const name = 'x'.repeat(5_000);
    expect((await openApp().inject(`/names/${name}`)).json()).toEqual({ name });
  });

  test('gets what its schema says, converted from text', async () => {
    const answer = await openApp().inject('/list?limit=4&strict=1');
    expect(answer.json()).toEqual({ next: 5, strict: true });
  });

  test('has its bad parameters described one by one', async () => {
    const app = openApp();
    const bad = await app.inject('/list?limit=40&strict=perhaps&other=1');
    expect(bad.statusCode).toBe(400);
    expect(bad.json().details).toEqual(
      expect.arrayContaining([
        { field: 'limit', message: 'limit must be a number from 1 to 9' },
        { field: 'strict', message: 'strict must be boolean' },
        { field: 'other', message: 'Unknown query parameter "other". Known: limit, strict' },
      ]),
    );
    expect(bad.json().details).toHaveLength(3);
    const missing = await app.inject('/list');
    expect(missing.json().details).toEqual([
      { field: 'limit', message: 'limit is required: a number from 1 to 9' },
    ]);
  });
});

describe('the probes', () => {
  test('are 200 when all engines answer', async () => {
    const app = openApp({ readinessChecks: [{ name: 'log', check: async () => {} }] });
    expect((await app.inject('/livez')).json()).toEqual({ status: 'ok' });
    expect((await app.inject('/readyz/')).json()).toEqual({ status: 'ok' });
  });

  test('name the engine that fails and the one that does not answer in time, and since when', async () => {
    const clock = { nowMs: Date.parse('2026-02-10T20:00:00.000Z'), now: () => clock.nowMs };
    const app = openApp({
      clock,
      readinessTimeoutMs: 20,
      readinessChecks: [
        { name: 'log', check: () => new Promise(() => {}) },
        { name: 'store', check: () => Promise.reject(new Error('secret host')) },
        { name: 'mail', check: async () => {} },
      ],
    });
    const problems = error('Not ready: log, store.', [
      { field: 'log', message: 'no answer within 20 ms, since 2026-02-10T20:00:00.000Z' },
      { field: 'store', message: 'does not answer, since 2026-02-10T20:00:00.000Z' },
    ]);
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual(problems);
    clock.nowMs += 60_000;
    expect((await app.inject('/readyz')).json()).toEqual(problems);
    expect((await app.inject('/livez')).statusCode).toBe(200);
  });
});

describe('the metrics', () => {
  test('are Prometheus text, with the readiness of the moment', async () => {
    const app = openApp({
      readinessChecks: [
        { name: 'log', check: async () => {} },
        { name: 'store', check: () => Promise.reject(new Error('gone')) },
      ],
    });
    const answer = await app.inject('/metrics/');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parsePrometheusText(answer.body);
    expect(sampleValue(families, 'hookpulse_ready', { check: 'log' })).toBe(1);
    expect(sampleValue(families, 'hookpulse_ready', { check: 'store' })).toBe(0);
  });

  test.each([
    ['open without a read token', { admin: 'a', read: null }, undefined, 200],
    ['closed with one', { admin: 'a', read: 'r' }, undefined, 401],
    ['closed to other tokens', { admin: 'a', read: 'r' }, 'x', 401],
    ['shown to who reads', { admin: 'a', read: 'r' }, 'r', 200],
    ['shown to the administrator', { admin: 'a', read: 'r' }, 'a', 200],
    ['closed to the administrator where there is none', { admin: null, read: 'r' }, 'a', 401],
  ])('are %s', async (_name, tokens, token, statusCode) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const app = openApp({ tokens });
    expect((await app.inject({ url: '/metrics', headers })).statusCode).toBe(statusCode);
    expect((await app.inject('/livez')).statusCode).toBe(200);
  });
});

describe('closing', () => {
  test('lets the request under way finish and closes the idle connections', async () => {
    const app = openApp();
    let answerNow = (): void => {};
    const held = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    app.get('/slow', async () => {
      arrived();
      await held;
      return { done: true };
    });
    const url = await listen(app);
    await (await fetch(`${url}/livez`)).text(); // leaves an idle keep-alive connection behind
    const slow = fetch(`${url}/slow`);
    await arrival;
    const closed = app.close();
    await nextTurn();
    answerNow();
    expect(await (await slow).json()).toEqual({ done: true });
    await closed;
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('cuts what hangs longer than the grace', async () => {
    const app = openApp({ drainGraceMs: 50 });
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    app.get('/hang', () => {
      arrived();
      return new Promise(() => {});
    });
    const url = await listen(app);
    const hanging = fetch(`${url}/hang`);
    const cut = expect(hanging).rejects.toThrow();
    await arrival;
    await app.close();
    await cut;
  });
});
