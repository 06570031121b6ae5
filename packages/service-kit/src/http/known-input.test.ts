import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import Type from 'typebox';
import { createServiceMetrics } from '../metrics/metrics.ts';
import { createHttpApp } from './create-http-app.ts';
import type { HttpApp } from './http-app.ts';
import { refuseUnknownInput } from './known-input.ts';

const CLOSED = { additionalProperties: false } as const;
const flag = Type.Optional(Type.Boolean({ description: 'true or false' }));

let app: HttpApp;
beforeAll(() => {
  app = openApp();
  app.get('/api/plain', () => 'plain');
  app.get(
    '/api/list',
    { schema: { querystring: Type.Object({ bot_id: Type.Optional(Type.String()), all: flag }) } },
    () => 'list',
  );
  app.post(
    '/api/work',
    { schema: { body: Type.Object({ dry_run: flag, days: Type.Integer() }, CLOSED) } },
    () => 'done',
  );
  app.delete('/api/thing', { schema: { querystring: Type.Object({ erase: flag }) } }, () => 'gone');
  app.post('/api/start', () => 'started');
  app.get('/page', () => 'page');
});
afterAll(() => app.close());

describe('a query parameter that is not known', () => {
  test.each([
    ['/api/list?bot=a', 'bot', 'Unknown query parameter "bot". Did you mean "bot_id"?'],
    ['/api/list?BOT_ID=a', 'BOT_ID', 'Unknown query parameter "BOT_ID". Did you mean "bot_id"?'],
    ['/api/list?colour=a', 'colour', 'Unknown query parameter "colour". Known: bot_id, all'],
    ['/api/list?all=1&=x', '', 'Unknown query parameter "". Known: bot_id, all'],
    ['/api/list/?toString=1', 'toString', expect.stringContaining('"toString"')],
    ['/api/list?__proto__=1', '__proto__', expect.stringContaining('"__proto__"')],
    ['/api/list?constructor[a]=1', 'constructor[a]', expect.stringContaining('"constructor[a]"')],
    ['/api/plain?x', 'x', 'Unknown query parameter "x"'],
  ])('is refused: %s', async (url, field, message) => {
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await app.inject({ url, method });
      expect(answer.statusCode).toBe(400);
      if (method === 'HEAD') continue;
      expect(answer.json().error).toBe('Invalid query parameters.');
      expect(answer.json().details).toEqual(
        expect.arrayContaining([field === '' ? { message } : { field, message }]),
      );
    }
  });

  test('is pointed to the body where that knows it, and nothing is done', async () => {
    const answer = await app.inject({
      url: '/api/work?dry_run=true',
      method: 'POST',
      payload: { days: 1 },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().details).toEqual([
      { field: 'dry_run', message: 'Unknown query parameter "dry_run". Send it in the body' },
    ]);
  });

  test.each(['/page?x=1', '/livez?x=1', '/metrics?x=1', '/api/list?all=1&bot_id=a', '/api/plain?'])(
    'is none at %s',
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(200);
    },
  );
});

describe('a body', () => {
  test('is refused with the nearest name', async () => {
    const payload = { days: 1, dryRun: true };
    const answer = await app.inject({ url: '/api/work', method: 'POST', payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().details).toEqual([
      { field: 'dryRun', message: 'Unknown field "dryRun". Did you mean "dry_run"?' },
    ]);
  });

  test('is refused where the query knows its fields', async () => {
    const answer = await app.inject({
      url: '/api/thing',
      method: 'DELETE',
      payload: { erase: true },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: 'This route does not accept a body.',
      details: [{ field: 'erase', message: expect.stringContaining('as a query parameter') }],
    });
  });

  test.each([
    ['POST', '/api/start', { payload: { now: true } }],
    ['GET', '/api/list', { payload: { bot_id: 'a' } }],
    ['GET', '/api/list', { payload: 'bot_id=a', headers: { 'transfer-encoding': 'chunked' } }],
    ['HEAD', '/api/plain', { payload: 'x' }],
  ] as const)('is refused where there is none to send: %s %s', async (method, url, sent) => {
    expect((await app.inject({ method, url, ...sent })).statusCode).toBe(400);
  });

  test.each([
    ['POST', '/api/start', {}],
    ['DELETE', '/api/thing?erase=1', { headers: { 'content-length': '0' } }],
    ['GET', '/api/list', { headers: { 'content-length': '0' } }],
  ] as const)('may be missing there: %s %s', async (method, url, sent) => {
    expect((await app.inject({ method, url, ...sent })).statusCode).toBe(200);
  });

  test.each([
    Type.Object({ a: flag }),
    Type.Object({ a: Type.Object({ b: flag }) }, CLOSED),
    Type.Object({ a: Type.Array(Type.Union([Type.Null(), Type.Object({ b: flag })])) }, CLOSED),
  ])('has a schema that says what else it takes', async (body) => {
    const open = openApp();
    expect(() => open.post('/api/work', { schema: { body } }, () => 'done')).toThrow(
      /^the body of POST \/api\/work.* must say additionalProperties: false$/,
    );
    await open.close();
  });
});

function openApp(): HttpApp {
  const made = createHttpApp({
    logger: pino({ level: 'silent' }),
    readinessChecks: [],
    metrics: createServiceMetrics('test'),
  });
  refuseUnknownInput(made);
  return made;
}
