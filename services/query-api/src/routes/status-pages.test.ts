/** Status pages: who manages them, who sees them, and what they tell and do not tell. */
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleFiring, sampleNext } from '@hookpulse/common/testing/sample-alerts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestToken } from '../testing/access.ts';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';
import { storeTransition, tellTransition } from '../testing/tell-alerts.ts';

const NOW_MS = Date.parse('2026-02-10T20:30:00Z');
const PATH = '/api/status-pages';
const PRIVATE_NAME = 'id-that-stays-inside';
const BROWSER = { accept: 'text/html' };
let api: TestQueryApi;
let app: ReturnType<TestQueryApi['openApp']>;
let send: JsonSender;

beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  app = api.openApp();
  send = jsonSender(app);
  await api.registry.put(testBot(PRIVATE_NAME, { name: 'Orders <b>' }));
  await api.registry.put(testBot('quiet', { name: 'Quiet' }));
  await storeEvents(
    api.clickhouse,
    ['2026-02-10T10:05:00Z', '2026-02-10T19:05:00Z', '2026-02-10T20:05:00Z'].map((at) =>
      testEvent(at, { bot_id: PRIVATE_NAME }),
    ),
  );
  const bot = { bot_id: PRIVATE_NAME, bot_name: 'Orders <b>' };
  const past = sampleFiring('2026-02-10T10:00:00Z', bot);
  const over = sampleNext(past, 'resolved', '2026-02-10T10:30:00Z');
  await storeTransition(api.clickhouse, over);
  const firing = sampleFiring('2026-02-10T20:15:00Z', { ...bot, sequence: 3 });
  await tellTransition(api.deps, api.alerts, firing);
  const longAgo = sampleFiring('2025-10-01T10:00:00Z', { bot_id: 'quiet' });
  await tellTransition(api.deps, api.alerts, longAgo);
  const longOver = sampleNext(longAgo, 'resolved', '2025-10-01T11:00:00Z');
  await tellTransition(api.deps, api.alerts, longOver);
  const knocking = { ...bot, rule: 'signature_failures' };
  await tellTransition(api.deps, api.alerts, sampleFiring('2026-02-10T20:00:00Z', knocking));
});
afterAll(() => api?.close());

const visit = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

test('tells what fires, the share of each day and incidents, and nothing else', async () => {
  const made = await send('POST', PATH, {
    ...{ name: 'orders', title: 'Orders', visibility: 'public' },
    bot_ids: [PRIVATE_NAME, 'quiet'],
  });
  expect(made).toMatchObject({
    statusCode: 201,
    body: { path: '/status/orders', secret_path: null },
  });
  const answer = await visit('/api/status/orders');
  expect(answer.headers['cache-control']).toBe('public, max-age=30');
  const { bots, incidents, ...rest } = answer.json();
  expect(rest).toEqual({ title: 'Orders', state: 'unhealthy', as_of: '2026-02-10T20:30:00.000Z' });
  // Two hours and a half with traffic; half an hour and a quarter with an alert.
  const today = { date: '2026-02-10', healthy_percent: 70, unhealthy_minutes: 45 };
  expect(bots[0]).toMatchObject({ name: 'Orders <b>', state: 'unhealthy', healthy_percent: 70 });
  expect(bots[0].days).toHaveLength(90);
  expect(bots[0].days.at(-1)).toEqual(today);
  expect(bots[0].days[0]).toEqual({
    date: '2025-11-13',
    healthy_percent: null,
    unhealthy_minutes: 0,
  });
  expect(bots[1]).toMatchObject({ name: 'Quiet', state: 'no_traffic', healthy_percent: null });
  expect(incidents).toEqual([
    {
      ...{ bot: 'Orders <b>', what: 'Updates failed' },
      ...{ started_at: '2026-02-10T20:15:00.000Z', ended_at: null },
    },
    {
      ...{ bot: 'Orders <b>', what: 'Updates failed' },
      ...{ started_at: '2026-02-10T10:00:00.000Z', ended_at: '2026-02-10T10:30:00.000Z' },
    },
  ]);
  expect(answer.body).not.toContain(PRIVATE_NAME);

  const page = await visit('/status/orders', BROWSER);
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toMatch(/^text\/html/);
  expect(page.body).toContain('Problem with 1 of 2');
  expect(page.body).toContain('Orders &lt;b&gt;');
  for (const hidden of [PRIVATE_NAME, 'Orders <b>', 'error rate', 'signature', '<script']) {
    expect(page.body).not.toContain(hidden);
  }
});

test('tells why only where it was switched on', async () => {
  await send('PATCH', `${PATH}/orders`, { shows_reasons: true });
  const [newest] = (await visit('/api/status/orders')).json().incidents;
  expect(newest.reason).toMatch(/15\.0% error rate/);
  expect((await visit('/status/orders')).body).toContain('15.0% error rate');
  await send('PATCH', `${PATH}/orders`, { shows_reasons: false });
  expect((await visit('/status/orders')).body).not.toContain('15.0% error rate');
});

test('a secret link leads to it alone, until it is replaced; all else is the same 404', async () => {
  const made = await send('POST', PATH, { name: 'inside', title: 'Inside', bot_ids: ['quiet'] });
  const { secret_path: link } = made.body;
  expect(link).toMatch(/^\/status\/inside\?key=[\w-]{43}$/);
  const found = await visit(link);
  expect(found).toMatchObject({ statusCode: 200 });
  expect(found.headers).toMatchObject({
    'x-robots-tag': 'noindex',
    'cache-control': 'private, max-age=30',
  });
  const absent = await visit('/status/absent?key=guessed', BROWSER);
  expect(absent.statusCode).toBe(404);
  for (const wrong of ['/status/inside', '/status/inside?key=', '/status/inside?key=guessed']) {
    const answer = await visit(wrong, BROWSER);
    expect([answer.statusCode, answer.body]).toEqual([404, absent.body]);
    expect(await visit(`/api${wrong}`)).toMatchObject({ statusCode: 404 });
  }
  const again = await send('POST', `${PATH}/inside/link`);
  expect(again.statusCode).toBe(200);
  expect((await visit(link)).statusCode).toBe(404);
  expect((await visit(again.body.secret_path)).statusCode).toBe(200);
  expect((await send('GET', `${PATH}/inside`)).body).not.toHaveProperty('secret_path');
  expect((await send('POST', `${PATH}/orders/link`)).statusCode).toBe(409);
});

test('becomes public and secret again, with another link', async () => {
  expect(
    (await send('PATCH', `${PATH}/inside`, { visibility: 'public' })).body.secret_path,
  ).toBeNull();
  expect((await visit('/status/inside')).statusCode).toBe(200);
  const secret = await send('PATCH', `${PATH}/inside`, { visibility: 'link' });
  expect(secret.body.secret_path).toMatch(/key=/);
  expect((await visit('/status/inside')).statusCode).toBe(404);
  const same = await send('PATCH', `${PATH}/inside`, { visibility: 'link', title: 'Within' });
  expect(same.body).toMatchObject({ title: 'Within', secret_path: null });
  expect((await visit(secret.body.secret_path)).body).toContain('Within');
});

test('a read token closes nothing that is public, and the listing needs a token', async () => {
  expect((await visit('/status/orders')).statusCode).toBe(200);
  expect((await visit(PATH)).statusCode).toBe(401);
});

test('a token for some bots manages pages about them alone', async () => {
  const { token } = await createTestToken(api, { scope: 'write', bots: ['quiet'] });
  const own = jsonSender(app, token);
  const names = async () =>
    (await own('GET', PATH)).body.status_pages.map(({ name }: { name: string }) => name);
  expect(await names()).toEqual(['inside']);
  expect((await own('GET', `${PATH}/orders`)).statusCode).toBe(404);
  expect((await own('DELETE', `${PATH}/orders`)).statusCode).toBe(404);
  const foreign = { name: 'mine', title: 'Mine', bot_ids: [PRIVATE_NAME] };
  expect((await own('POST', PATH, foreign)).statusCode).toBe(403);
  expect((await own('PATCH', `${PATH}/inside`, { bot_ids: [PRIVATE_NAME] })).statusCode).toBe(403);
  expect((await own('POST', PATH, { ...foreign, bot_ids: ['quiet'] })).statusCode).toBe(201);
  const { token: reading } = await createTestToken(api, { scope: 'read' });
  expect((await jsonSender(app, reading)('DELETE', `${PATH}/mine`)).statusCode).toBe(403);
});

test.each([
  [{ name: 'Orders' }, 'name'],
  [{ name: 'a/b' }, 'name'],
  [{ title: ' ' }, 'title'],
  [{ title: 'abc\u202efdp' }, 'title'],
  [{ title: 'cut \ud83d' }, 'title'],
  [{ bot_ids: [] }, 'bot_ids'],
  [{ bot_ids: ['nobody'] }, 'bot_ids'],
  [{ visibility: 'hidden' }, 'visibility'],
  [{ key: 'mine' }, 'key'],
])('%j is refused, and the field is named', async (changes, field) => {
  const body = { name: 'other', title: 'Other', bot_ids: ['quiet'], ...changes };
  expect(await send('POST', PATH, body)).toMatchObject({
    statusCode: 400,
    body: { details: [{ field }] },
  });
});

test('a name is taken once; a deleted page is gone', async () => {
  const body = { name: 'gone', title: '👩‍💻 Gone', bot_ids: ['quiet'], visibility: 'public' };
  expect((await send('POST', PATH, body)).statusCode).toBe(201);
  expect((await send('POST', PATH, body)).statusCode).toBe(409);
  expect((await visit('/status/gone')).statusCode).toBe(200);
  expect((await send('DELETE', `${PATH}/gone`)).statusCode).toBe(204);
  expect((await visit('/status/gone')).statusCode).toBe(404);
});

test('a bot that was removed since does not keep its page from being changed', async () => {
  await api.registry.put(testBot('leaves'));
  const bot_ids = ['quiet', 'leaves'];
  expect((await send('POST', PATH, { name: 'left', title: 'Left', bot_ids })).statusCode).toBe(201);
  await api.registry.remove('leaves');
  const change = (changes: object) => send('PATCH', `${PATH}/left`, changes);
  expect(await change({ title: 'Still', bot_ids })).toMatchObject({
    statusCode: 200,
    body: { title: 'Still' },
  });
  expect((await change({ bot_ids: [...bot_ids, 'nobody'] })).statusCode).toBe(400);
  expect((await change({ bot_ids: ['quiet'] })).statusCode).toBe(200);
  expect((await change({ bot_ids })).statusCode).toBe(400);
});

test('the same answer is given for half a minute', async () => {
  const first = (await visit('/api/status/orders')).json();
  api.clock.nowMs += 29_000;
  expect((await visit('/api/status/orders')).json()).toEqual(first);
  api.clock.nowMs += 1_001;
  expect((await visit('/api/status/orders')).json().as_of).toBe('2026-02-10T20:30:30.001Z');
});
