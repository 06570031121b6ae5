/** Saved views: each token has its own. */
import { until } from '@hookpulse/common/testing/until';
import { openNamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestToken } from '../testing/access.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';
import { UNREAD } from '../testing/unread-tables.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const PATH = '/api/saved-views';
const VIEW = { name: 'Failed', path: '/events?status=failed&range=1h' };
let api: TestQueryApi;
let send: JsonSender;

beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  send = jsonSender(api.openApp());
});
afterAll(() => api?.close());

const names = async (sender = send) =>
  (await sender('GET', PATH)).body.views.map(({ name }: { name: string }) => name);

test('are saved, renamed and deleted by whoever reads, and nobody else sees them', async () => {
  const reader = jsonSender(api.openApp(), TEST_TOKENS.read);
  const made = await reader('POST', PATH, VIEW);
  expect(made).toMatchObject({ statusCode: 201, body: VIEW });
  expect((await reader('POST', PATH, VIEW)).statusCode).toBe(409);
  await reader('POST', PATH, { name: ' All ', path: '/' });
  expect(await names(reader)).toEqual(['All', 'Failed']);
  expect(await names()).toEqual([]);
  const path = `${PATH}/${made.body.view_id}`;
  expect((await send('DELETE', path)).statusCode).toBe(404);
  expect((await send('PATCH', path, { name: 'Mine' })).statusCode).toBe(404);
  expect((await reader('PATCH', path, { name: 'All' })).statusCode).toBe(409);
  expect((await reader('PATCH', path, { name: 'Later' })).body).toMatchObject({ name: 'Later' });
  expect((await reader('DELETE', path)).statusCode).toBe(204);
  expect(await names(reader)).toEqual(['All']);
});

test.each([
  ['https://example.com/', 'path'],
  ['//example.com/', 'path'],
  ['/\\example.com', 'path'],
  ['javascript:alert(1)', 'path'],
  ['', 'path'],
])('%s is no page of the dashboard', async (path, field) => {
  expect(await send('POST', PATH, { name: 'x', path })).toMatchObject({
    statusCode: 400,
    body: { details: [{ field }] },
  });
});

test('a name may be of any script, and has no control characters', async () => {
  for (const name of ['👩‍💻 Dev bot', 'می‌خواهم']) {
    expect(await send('POST', PATH, { ...VIEW, name })).toMatchObject({
      statusCode: 201,
      body: { name },
    });
  }
  for (const name of ['a\u2028b', 'abc\u202efdp', 'cut \ud83d'])
    expect((await send('POST', PATH, { ...VIEW, name })).statusCode).toBe(400);
});

test('those of a revoked token are forgotten', async () => {
  const { token, tokenId } = await createTestToken(api, { scope: 'read', bots: ['a'] });
  expect((await jsonSender(api.openApp(), token)('POST', PATH, VIEW)).statusCode).toBe(201);
  await send('DELETE', `/api/tokens/${tokenId}`);
  await send('POST', PATH, VIEW);
  const { savedViews } = api.deps;
  await until('no view of the token', () =>
    savedViews.list().every(({ owner }) => owner !== tokenId),
  );
});

test('a view that was saved is answered so, also while tokens cannot be read', async () => {
  const { token } = await createTestToken(api, { scope: 'read', bots: ['a'] });
  expect((await jsonSender(api.openApp(), token)('POST', PATH, VIEW)).statusCode).toBe(201);
  const sender = jsonSender(api.openApp({}, { namedTokens: openNamedTokens(UNREAD) }));
  expect((await sender('POST', PATH, { ...VIEW, name: 'Kept' })).statusCode).toBe(201);
  expect(await names()).toContain('Kept');
});
