/** What prevents erasing a bot when no aggregator and no alerter runs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEntry } from '@hookpulse/api/audit-entry';
import { until } from '@hookpulse/common/testing/until';
import { answerToMessage } from '@hookpulse/topic-tables/rebuilds/rebuild-message';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { auditMessage } from '../audit/audit-message.ts';
import { openTestQueryApi, type TestQueryApi } from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';
import { storeCountedLog } from '../testing/store-counted-log.ts';
import { testEvent } from '../testing/store-events.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const PATH = '/api/bots/a?erase=true';

let api: TestQueryApi;
let send: JsonSender;
beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  send = jsonSender(api.openApp({ erase: { propagationMs: 0, patienceMs: 300 } }));
  await storeCountedLog(api.deps, [testEvent('2026-02-10T19:00:00Z')]);
});
afterAll(() => api.close());

/**
 * Answers what is asked of the aggregator from now on, as one would that has nothing to do.
 * @param before - done once it is asked, while the erasing waits
 */
async function answerRebuild<T>(before?: () => Promise<T>): Promise<T | undefined> {
  const { rebuilds } = api.deps;
  const answered = new Set(rebuilds.list().map(({ request }) => request.rebuild_id));
  const asked = await until('a request', () =>
    rebuilds.list().find(({ request }) => !answered.has(request.rebuild_id)),
  );
  const outcome = await before?.();
  const { rebuild_id, partitions } = asked.request;
  const done = { progress: 1, raw_events: 0, hours: 0, hours_changed: 0, slices_changed: 0 };
  await api.deps.log.publish(
    Array.from({ length: partitions }, (_, partition) =>
      answerToMessage({
        ...{ rebuild_id, partition, state: 'done', problem: null, changes: [] },
        answered_at: new Date(NOW_MS).toISOString(),
        ...done,
      }),
    ),
  );
  return outcome;
}

test('without an aggregator it says how far it came, and the next try does the rest', async () => {
  expect((await send('POST', '/api/bots', { bot_id: 'a', name: 'A' })).statusCode).toBe(201);
  const halfDone = await send('DELETE', PATH);
  expect(halfDone).toMatchObject({
    statusCode: 503,
    body: { error: expect.stringMatching(/no aggregator has confirmed/) },
  });
  expect((await send('GET', '/api/bots/a')).statusCode).toBe(404);
  expect((await send('GET', '/api/events?bot_id=a')).body.events).toEqual([]);
  const [done] = await Promise.all([send('DELETE', PATH), answerRebuild()]);
  expect(done).toMatchObject({ statusCode: 200, body: { raw_events: 0, hourly_rows: 1 } });
});

test('what was noted about a bot is erased, also where nothing else is left of it', async () => {
  await send('POST', '/api/bots', { bot_id: 'noted', name: 'Noted' });
  await send('POST', '/api/annotations', { text: 'v2.3', bot_id: 'noted' });
  expect((await send('DELETE', '/api/bots/noted')).statusCode).toBeLessThan(300);
  const [done] = await Promise.all([send('DELETE', '/api/bots/noted?erase=true'), answerRebuild()]);
  expect(done.statusCode).toBe(200);
  expect((await send('GET', '/api/annotations')).body.annotations).toEqual([]);
});

test('an erased bot leaves its status pages, and one about it alone ends', async () => {
  for (const bot_id of ['shown', 'other'])
    await send('POST', '/api/bots', { bot_id, name: bot_id });
  const page = { title: 'Shown', visibility: 'public' };
  await send('POST', '/api/status-pages', { ...page, name: 'one', bot_ids: ['shown'] });
  await send('POST', '/api/status-pages', { ...page, name: 'both', bot_ids: ['shown', 'other'] });
  await send('DELETE', '/api/bots/shown');
  const [done] = await Promise.all([send('DELETE', '/api/bots/shown?erase=true'), answerRebuild()]);
  expect(done.statusCode).toBe(200);
  const { status_pages } = (await send('GET', '/api/status-pages')).body;
  expect(status_pages).toMatchObject([{ name: 'both', bot_ids: ['other'] }]);
});

test('a link that was replaced and a page that was deleted meanwhile do not come back', async () => {
  const patient = jsonSender(api.openApp({ erase: { propagationMs: 0, patienceMs: 20_000 } }));
  for (const bot_id of ['leaving', 'staying']) {
    await patient('POST', '/api/bots', { bot_id, name: bot_id });
  }
  const shared = { title: 'Shared', bot_ids: ['leaving', 'staying'] };
  const made = await patient('POST', '/api/status-pages', { ...shared, name: 'secret' });
  await patient('POST', '/api/status-pages', { ...shared, name: 'deleted' });
  await patient('DELETE', '/api/bots/leaving');
  const erasing = patient('DELETE', '/api/bots/leaving?erase=true');
  const answering = answerRebuild(async () => {
    expect((await patient('DELETE', '/api/status-pages/deleted')).statusCode).toBe(204);
    const replaced = await patient('POST', '/api/status-pages/secret/link');
    return replaced.body.secret_path;
  });
  const [done, link] = await Promise.all([erasing, answering]);
  expect(done.statusCode).toBe(200);
  expect((await patient('GET', `/api${link}`)).statusCode).toBe(200);
  expect((await patient('GET', `/api${made.body.secret_path}`)).statusCode).toBe(404);
  expect((await patient('GET', '/api/status-pages/deleted')).statusCode).toBe(404);
  expect((await patient('GET', '/api/status-pages/secret')).body.bot_ids).toEqual(['staying']);
});

test('saved views about an erased bot are forgotten, and no others', async () => {
  await send('POST', '/api/bots', { bot_id: 'viewed', name: 'Viewed' });
  await send('POST', '/api/saved-views', { name: 'Of it', path: '/events?bot_id=viewed' });
  await send('POST', '/api/saved-views', { name: 'Of all', path: '/events?status=failed' });
  await send('DELETE', '/api/bots/viewed');
  const [done] = await Promise.all([
    send('DELETE', '/api/bots/viewed?erase=true'),
    answerRebuild(),
  ]);
  expect(done.statusCode).toBe(200);
  const { views } = (await send('GET', '/api/saved-views')).body;
  expect(views).toMatchObject([{ name: 'Of all' }]);
});

test('a saved view that is renamed while its bot is erased does not come back', async () => {
  const { savedViews } = api.deps;
  let renaming: ReturnType<JsonSender> | undefined;
  const app = api.openApp(
    { erase: { propagationMs: 0, patienceMs: 20_000 } },
    {
      savedViews: {
        ...savedViews,
        async forget(ids) {
          renaming = racing('PATCH', path, { name: 'Later' });
          // Time in which it would read the view, were it not to wait its turn.
          await delay(100);
          await savedViews.forget(ids);
        },
      },
    },
  );
  const racing = jsonSender(app);
  await racing('POST', '/api/bots', { bot_id: 'raced', name: 'Raced' });
  const view = { name: 'Raced', path: '/events?bot_id=raced' };
  const made = await racing('POST', '/api/saved-views', view);
  const path = `/api/saved-views/${made.body.view_id}`;
  await racing('DELETE', '/api/bots/raced');
  const erasing = racing('DELETE', '/api/bots/raced?erase=true');
  const [done] = await Promise.all([erasing, answerRebuild()]);
  expect(done.statusCode).toBe(200);
  expect((await renaming)?.statusCode).toBe(404);
});

test('the audit keeps neither titles nor names of status pages about an erased bot alone', async () => {
  const made = { name: 'annas-page', title: "Anna's bot", bot_ids: ['anna'] };
  const shared = { name: 'shared-page', title: 'Both', bot_ids: ['anna', 'berta'] };
  for (const bot_id of ['anna', 'berta']) await send('POST', '/api/bots', { bot_id, name: bot_id });
  const gone = { name: 'annas-page-of-before', title: "Anna's bot", bot_ids: ['anna'] };
  for (const page of [made, shared, gone]) {
    expect((await send('POST', '/api/status-pages', page)).statusCode).toBe(201);
  }
  await send('PATCH', '/api/status-pages/annas-page', { title: 'Of Anna' });
  await send('POST', '/api/status-pages/annas-page/link');
  await send('PATCH', '/api/status-pages/annas-page-of-before', { title: 'Of Anna' });
  await send('DELETE', '/api/status-pages/annas-page-of-before');
  const [done] = await Promise.all([send('DELETE', '/api/bots/anna?erase=true'), answerRebuild()]);
  expect(done.statusCode).toBe(200);
  const entries = await until('the audit without them', async () => {
    const { body } = await send('GET', '/api/audit');
    return /annas-page|Anna's bot|Of Anna/.test(JSON.stringify(body)) ? undefined : body.entries;
  });
  const pages = entries.filter(({ route }: { route: string }) => route.includes('status-pages'));
  expect(pages).toContainEqual(
    expect.objectContaining({ change: expect.objectContaining(shared) }),
  );
  expect(pages).toContainEqual(
    expect.objectContaining({
      ...{ method: 'POST', target: '/api/status-pages/[erased]' },
      change: { name: '[erased]', title: '[erased]', bot_ids: ['anna'] },
    }),
  );
});

test('the audit keeps no name, however the address of its bot was written', async () => {
  await send('POST', '/api/bots', { bot_id: 'slashed', name: 'Confided 0' });
  const paths = ['//api/bots/slashed', '/api//bots/slashed/', '/api/bots/%73lashed'];
  for (const [index, path] of paths.entries()) {
    const answer = await send('PATCH', path, { name: `Confided ${index + 1}` });
    expect(answer.statusCode).toBe(200);
  }
  const { entries: before } = (await send('GET', '/api/audit')).body;
  const own = before.filter(({ change }: AuditEntry) => /^Confided/.test(String(change?.name)));
  expect(new Set(own.map(({ target }: AuditEntry) => target))).toEqual(
    new Set(['/api/bots/slashed']),
  );
  const [newest] = own;
  // As an earlier version wrote it.
  const old = { ...newest, audit_id: 'of-before', target: '//api/bots/%73lashed' };
  await api.deps.log.publish([auditMessage(old)]);
  const [done] = await Promise.all([
    send('DELETE', '//api/bots/slashed?erase=true'),
    answerRebuild(),
  ]);
  expect(done).toMatchObject({ statusCode: 200, body: { audit_entries: 5 } });
  await until('the audit without them', async () => {
    const { body } = await send('GET', '/api/audit');
    return !JSON.stringify(body).includes('Confided');
  });
});

test('waits for what is on the log and not stored yet', async () => {
  const event = testEvent('2026-02-10T19:00:00Z', { bot_id: 'b' });
  await storeCountedLog(api.deps, [event]);
  const message = { topic: 'webhook.events', key: 'b', value: JSON.stringify(event) };
  await api.deps.log.publish([message]);
  const tooEarly = await send('DELETE', '/api/bots/b?erase=true');
  expect(tooEarly).toMatchObject({
    statusCode: 503,
    body: { error: expect.stringMatching(/nothing was erased/) },
  });
  expect((await send('GET', '/api/events?bot_id=b')).body.events).toHaveLength(1);
});

test('of a bot that nobody knows there is nothing to erase', async () => {
  expect((await send('DELETE', '/api/bots/nobody?erase=true')).statusCode).toBe(404);
});
