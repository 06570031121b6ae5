/** `ETag` and `If-Match`: of two people who change one thing, the second hears of the first. */
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const BOT = '/api/bots/a';
const SETTINGS = '/api/alert-settings';

let api: TestQueryApi;
let app: HttpApp;
beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
  app = api.openApp({ erase: { propagationMs: 0, patienceMs: 0 } });
});
afterAll(() => api.close());
beforeEach(async () => {
  for (const { bot_id } of api.registry.list()) await api.registry.remove(bot_id);
  await api.controls.putOverrides({});
  await send('POST', '/api/bots', { name: 'A', bot_id: 'a' });
});

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

async function send(method: Method, url: string, payload?: object, ifMatch?: string) {
  const answer = await app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${TEST_TOKENS.admin}`,
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(payload ? { payload } : {}),
  });
  const { etag } = answer.headers;
  if (etag !== undefined) expect(etag).toMatch(/^"[A-Za-z0-9_-]{22}"$/);
  return {
    statusCode: answer.statusCode,
    etag: `${etag}`,
    body: answer.body === '' ? null : answer.json(),
  };
}

describe.each([
  ['a bot', BOT, { name: 'First' }, { name: 'Second' }],
  ['the settings of a bot', BOT, { alerts: { receivers: ['a@x.y'] } }, { alerts: null }],
  ['the settings of all bots', SETTINGS, { receivers: ['a@x.y'] }, { receivers: ['b@x.y'] }],
])('%s', (_what, path, first, second) => {
  test('is changed once by each tag', async () => {
    const before = await send('GET', path);
    const changed = await send('PATCH', path, first, before.etag);
    expect(changed.statusCode).toBe(200);
    expect(changed.etag).not.toBe(before.etag);
    const inForce = await send('GET', path);
    expect(inForce.etag).toBe(changed.etag);

    const refused = await send('PATCH', path, second, before.etag);
    expect(refused).toEqual({
      statusCode: 412,
      etag: inForce.etag,
      body: {
        status: 'error',
        error: expect.stringContaining('It has changed since you read it.'),
        details: [],
        current: inForce.body,
      },
    });
    expect(await send('GET', path)).toEqual(inForce);
    expect((await send('PATCH', path, second, refused.etag)).statusCode).toBe(200);
  });

  test('is changed by two at once by one of them', async () => {
    const { etag } = await send('GET', path);
    const answers = await Promise.all([
      send('PATCH', path, first, etag),
      send('PATCH', path, second, etag),
    ]);
    const codes = answers.map(({ statusCode }) => statusCode).toSorted();
    // A change that changes nothing leaves the tag as it is.
    expect(codes).toContain(200);
    if (answers.every((answer) => answer.etag !== etag)) expect(codes).toEqual([200, 412]);
  });

  test.each(['*', '"other", *'])(
    'is changed whatever it is with %s, and without',
    async (ifMatch) => {
      expect((await send('PATCH', path, first, ifMatch)).statusCode).toBe(200);
      expect((await send('PATCH', path, second)).statusCode).toBe(200);
    },
  );

  test('is changed by a list of tags with the current one, and not by a weak one', async () => {
    const { etag } = await send('GET', path);
    expect((await send('PATCH', path, first, `W/${etag}`)).statusCode).toBe(412);
    expect((await send('PATCH', path, first, `"x",${etag}`)).statusCode).toBe(200);
  });

  test.each(['unquoted', '', '"half'])('is not changed by %j, which is no tag', async (ifMatch) => {
    const answer = await send('PATCH', path, first, ifMatch);
    expect(answer).toMatchObject({
      statusCode: 400,
      body: { error: 'Invalid headers.', details: [{ field: 'if-match' }] },
    });
  });
});

describe('a tag of before', () => {
  test.each([
    ['POST', `${BOT}/rotate-secret`, {}],
    ['POST', `${BOT}/rotate-report-token`, {}],
    ['DELETE', BOT, undefined],
    ['DELETE', `${BOT}?erase=true`, undefined],
  ] as const)('stops %s %s', async (method, url, payload) => {
    const { etag } = await send('GET', BOT);
    await send('PATCH', BOT, { name: 'Changed' });
    const refused = await send(method, url, payload, etag);
    expect(refused).toMatchObject({ statusCode: 412, body: { current: { name: 'Changed' } } });
    expect((await send('GET', BOT)).etag).toBe(refused.etag);
    // Erasing needs an aggregator, and is 503 without.
    expect((await send(method, url, payload, refused.etag)).statusCode).not.toBe(412);
  });

  test('stops a second rotation', async () => {
    const { etag } = await send('GET', BOT);
    const rotated = await send('POST', `${BOT}/rotate-secret`, {}, etag);
    expect(rotated.etag).toBe((await send('GET', BOT)).etag);
    expect((await send('POST', `${BOT}/rotate-secret`, {}, etag)).statusCode).toBe(412);
  });

  test('stops ending a silence that has ended', async () => {
    const created = await send('POST', '/api/silences', { reason: 'why', duration_minutes: 5 });
    const path = `/api/silences/${created.body.silence_id}`;
    expect((await send('GET', path)).etag).toBe(created.etag);
    expect((await send('DELETE', path, undefined, created.etag)).statusCode).toBe(204);
    expect((await send('DELETE', path, undefined, created.etag)).statusCode).toBe(412);
  });

  test('matters less than what is wrong with the request', async () => {
    expect((await send('PATCH', '/api/bots/nobody', { name: 'x' }, '"old"')).statusCode).toBe(404);
    expect((await send('PATCH', BOT, { colour: 'blue' }, '"old"')).statusCode).toBe(400);
  });
});
