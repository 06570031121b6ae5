/** Notes on the time line. */
import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestToken } from '../testing/access.ts';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const PATH = '/api/annotations';
let api: TestQueryApi;
let send: JsonSender;

beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  send = jsonSender(api.openApp());
  await api.registry.put(testBot('a'));
  await api.registry.put(testBot('b'));
});
afterAll(() => api?.close());

const texts = async (query: string, sender = send) => {
  const { body } = await sender('GET', `${PATH}?${query}`);
  return body.annotations.map(({ text }: { text: string }) => text);
};

test('are made, listed by bot and time, and deleted', async () => {
  const made = await send('POST', PATH, { text: ' v2.3 ', bot_id: 'a' });
  expect(made).toMatchObject({
    statusCode: 201,
    body: { text: 'v2.3', bot_id: 'a', at: '2026-02-10T20:00:00.000Z', created_by: 'ADMIN_TOKEN' },
  });
  await send('POST', PATH, { text: 'database moved', at: '2026-02-10T19:00:00Z' });
  await send('POST', PATH, { text: 'v9', bot_id: 'b', at: '2026-02-10T18:00:00+00:00' });
  expect(await texts('')).toEqual(['v2.3', 'database moved', 'v9']);
  expect(await texts('bot_id=a')).toEqual(['v2.3', 'database moved']);
  expect(await texts('from=2026-02-10T18:30:00Z&to=2026-02-10T20:00:00Z')).toEqual([
    'database moved',
  ]);
  expect(await texts('limit=1')).toEqual(['v2.3']);
  const path = `${PATH}/${made.body.annotation_id}`;
  expect((await send('DELETE', path)).statusCode).toBe(204);
  expect((await send('DELETE', path)).statusCode).toBe(404);
  expect(await texts('bot_id=a')).toEqual(['database moved']);
});

test.each([
  [{ text: '' }, 'text'],
  [{ text: ' ' }, 'text'],
  [{ text: 'two\nlines' }, 'text'],
  [{ text: 'x', at: '2026-02-11T20:00:00Z' }, 'at'],
  [{ text: 'x', at: '2025-02-10T20:00:00Z' }, 'at'],
  [{ text: 'x', when: 'now' }, 'when'],
])('%j is refused, and the field is named', async (body, field) => {
  expect(await send('POST', PATH, body)).toMatchObject({
    statusCode: 400,
    body: { details: [{ field }] },
  });
});

test('restarts close together are one, and kinds can be told apart', async () => {
  const restart = { kind: 'restart', text: 'worker started', bot_id: 'b' };
  const first = await send('POST', PATH, { ...restart, at: '2026-02-10T17:00:00Z' });
  const second = await send('POST', PATH, { ...restart, at: '2026-02-10T17:09:00Z' });
  expect(second.body).toEqual({ ...first.body, last_at: '2026-02-10T17:09:00.000Z' });
  expect(await texts('kind=restart')).toEqual(['worker started']);
  expect(await texts('kind=restart&from=2026-02-10T17:05:00Z')).toEqual(['worker started']);
  expect(await texts('kind=note')).toEqual(['database moved', 'v9']);
  const { body } = await send('GET', `${PATH}?bot_id=b`);
  const kinds = body.annotations.map(({ kind }: { kind: string }) => kind);
  expect(kinds).toEqual(['note', 'note', 'restart']);
  // Those that go on come before what happened since the first.
  const loop = { kind: 'restart', text: 'ingest started', at: '2026-02-10T17:30:00Z' };
  const made = [
    await send('POST', PATH, loop),
    await send('POST', PATH, { ...loop, text: 'alerter started', at: '2026-02-10T17:35:00Z' }),
  ];
  await send('POST', PATH, { ...loop, at: '2026-02-10T17:39:00Z' });
  const newest = ['ingest started', 'alerter started', 'worker started'];
  expect(await texts('kind=restart')).toEqual(newest);
  for (const { body } of made) await send('DELETE', `${PATH}/${body.annotation_id}`);
  expect((await send('GET', `${PATH}?kind=other`)).statusCode).toBe(400);
  await send('DELETE', `${PATH}/${first.body.annotation_id}`);
});

test('a bot that is not there is 404', async () => {
  expect((await send('POST', PATH, { text: 'x', bot_id: 'nobody' })).statusCode).toBe(404);
});

test('a token for some bots notes and sees what is about them', async () => {
  const { token } = await createTestToken(api, { scope: 'write', bots: ['b'] });
  const own = jsonSender(api.openApp(), token);
  expect((await own('POST', PATH, { text: 'own', bot_id: 'b' })).statusCode).toBe(201);
  expect((await own('POST', PATH, { text: 'x', bot_id: 'a' })).statusCode).toBe(403);
  expect((await own('POST', PATH, { text: 'x' })).statusCode).toBe(403);
  expect(await texts('', own)).toEqual(['own', 'database moved', 'v9']);
});

test('what happened more than 90 days ago is forgotten at the next start', async () => {
  const { annotations } = api.deps;
  const at = '2025-11-01T00:00:00.000Z';
  const start = { kind: 'restart', text: 'ingest started', bot_id: null } as const;
  const by = { created_by: 'Hookpulse', created_at: at };
  await annotations.note({ annotation_id: 'old', ...start, at, ...by });
  await api.openApp().ready();
  await until('it to be forgotten', () => annotations.get('old') === undefined);
});
