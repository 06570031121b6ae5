import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import { updateHeaders } from '@hookpulse/event-log/record-headers';
import { UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestToken } from '../testing/access.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { readEventStream, type TestEventStream } from '../testing/read-event-stream.ts';

const ADMIN = { authorization: `Bearer ${TEST_TOKENS.admin}` };

let api: TestQueryApi;
let origin: string;
const streams: TestEventStream[] = [];
beforeAll(async () => {
  api = await openTestQueryApi(Date.now());
  await Promise.all(['a', 'b'].map((botId) => api.registry.put(testBot(botId))));
  origin = await api.openApp().listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.close()));
});
afterAll(() => api?.close());

async function open(query: string, headers: Readonly<Record<string, string>> = ADMIN) {
  const stream = await readEventStream(`${origin}/api/updates/stream?${query}`, headers);
  streams.push(stream);
  return stream;
}

let updateId = 0;
async function publish(count: number, text = 'hello', botId = 'a'): Promise<number[]> {
  const at = new Date().toISOString();
  const ids = Array.from({ length: count }, () => {
    updateId += 1;
    return updateId;
  });
  await api.deps.log.publish(
    ids.map((id) => ({
      topic: UPDATES_TOPIC,
      key: botId,
      value: `{"bot_id":"${botId}","received_at":"${at}","update":{"update_id":${id},\n\t"message":{"text":${JSON.stringify(text)},"big":12345678901234567890}}}`,
      headers: updateHeaders(`id-${id}`, botId, at),
    })),
  );
  return ids;
}

const updatesOf = (stream: TestEventStream) =>
  stream.received.filter(({ type }) => type === 'message');
const idsOf = (stream: TestEventStream) =>
  updatesOf(stream).map(({ data }) => JSON.parse(data).update_id);
const shows = (stream: TestEventStream, ids: readonly number[]) =>
  until('these updates', () => idsOf(stream).length >= ids.length).then(() =>
    expect(idsOf(stream)).toEqual(ids),
  );

async function progress(stream: TestEventStream, more: object, headers = ADMIN) {
  const opened = await until('the stream to be opened', () =>
    stream.received.find(({ type }) => type === 'opened'),
  );
  const { stream_id } = JSON.parse(opened.data);
  return await fetch(`${origin}/api/updates/stream/progress`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ bot_id: 'a', stream_id, handled: 0, ...more }),
  });
}

describe('without a group', () => {
  test('it shows what arrives from now on, in one line each, with every digit', async () => {
    await publish(2);
    const stream = await open('bot_id=a');
    const ids = await publish(2, 'two\nlines');
    await publish(1, 'hello', 'b');
    await shows(stream, ids);
    const [first] = updatesOf(stream);
    expect(first?.data).toContain('"big":12345678901234567890');
    expect(first?.data).not.toMatch(/[\t\n]/);
    expect(JSON.parse(first?.data ?? '')).toMatchObject({
      bot_id: 'a',
      update_type: 'message',
      replay_id: null,
      update: { message: { text: 'two\nlines' } },
    });
  });

  test('it begins at a time, and goes on behind the last id', async () => {
    const from = new Date().toISOString();
    await until('the clock to go on', () => new Date().toISOString() > from);
    const ids = await publish(3);
    const stream = await open(`bot_id=a&from=${from}`);
    await shows(stream, ids);
    const [first] = updatesOf(stream);
    const resumed = await open('bot_id=a', { ...ADMIN, 'last-event-id': first?.id ?? '' });
    await shows(resumed, ids.slice(1));
  });

  test('more than fits into memory at once is read in pieces', async () => {
    const from = new Date().toISOString();
    await until('the clock to go on', () => new Date().toISOString() > from);
    const ids = await publish(12, 'x'.repeat(300_000));
    await shows(await open(`bot_id=a&from=${from}`), ids);
  });
});

describe('with a group', () => {
  test('it goes on where the group has said that it is, and another group has its own place', async () => {
    const ids = await publish(3);
    const first = await open('bot_id=a&group=one&start=earliest');
    await until('the last', () => idsOf(first).includes(ids[2]));
    const all = idsOf(first);
    const place = updatesOf(first).find(({ data }) => JSON.parse(data).update_id === ids[1])?.id;
    expect((await progress(first, { id: place, handled: all.length - 1 })).status).toBe(204);
    await first.close();
    await shows(await open('bot_id=a&group=one'), ids.slice(2));
    const other = await open('bot_id=a&group=two');
    await until('everything', () => idsOf(other).length === all.length);
  });

  test('a group begins at the end if it is asked to', async () => {
    await publish(2);
    const stream = await open('bot_id=a&group=late&start=latest');
    await until('the partitions', () => stream.received.some(({ type }) => type === 'assigned'));
    await shows(stream, await publish(1));
  });

  test('no more than max_pending are sent before they are done', async () => {
    const stream = await open('bot_id=a&group=few&start=latest&max_pending=2');
    await until('the partitions', () => stream.received.some(({ type }) => type === 'assigned'));
    const ids = await publish(5);
    await until('two', () => idsOf(stream).length === 2);
    expect((await progress(stream, { handled: 1 })).status).toBe(204);
    await until('the third', () => idsOf(stream).length === 3);
    expect((await progress(stream, { handled: 3 })).status).toBe(204);
    await shows(stream, ids);
  });

  test('a second client takes over when the first has released, behind what that has done', async () => {
    const [first, second] = [
      await open('bot_id=a&group=shared&start=latest'),
      await open('bot_id=a&group=shared&start=latest'),
    ];
    const owner = await until('an owner', () =>
      [first, second].find(
        ({ received }) =>
          received.findLast(({ type }) => /assigned|revoked/.test(type))?.type === 'assigned',
      ),
    );
    const ids = await publish(2);
    await until('both', () => idsOf(owner).length === 2);
    const id = updatesOf(owner)[0]?.id;
    expect((await progress(owner, { id, handled: 1 })).status).toBe(204);
    const stale = owner;
    await stale.close();
    const heir = owner === first ? second : first;
    await shows(heir, ids.slice(1));
    expect((await progress(stale, { id, handled: 2 })).status).toBe(409);
  });
});

test('only a token with the scope admin for the bot reads updates or says how far it is', async () => {
  const own = await createTestToken(api, { scope: 'admin', bots: ['a'] });
  const other = await createTestToken(api, { scope: 'admin', bots: ['b'] });
  const status = async (query: string, { authorization }: { authorization: string }) =>
    (await open(query, { authorization })).response.status;
  expect(await status('bot_id=a', own)).toBe(200);
  expect(await status('bot_id=b', own)).toBe(403);
  expect(await status('bot_id=none', { authorization: ADMIN.authorization })).toBe(404);
  expect(await status('bot_id=a', { authorization: `Bearer ${TEST_TOKENS.read}` })).toBe(403);
  const stream = await open('bot_id=a&group=guarded');
  expect((await progress(stream, {}, { authorization: other.authorization })).status).toBe(404);
  expect((await progress(stream, {}, { authorization: own.authorization })).status).toBe(204);
});

test.each([
  ['', 'bot_id'],
  ['bot_id=a&group=a/b', 'group'],
  ['bot_id=a&group=g&from=2026-02-10T20:00Z', 'from'],
  ['bot_id=a&from=yesterday', 'from'],
  ['bot_id=a&group=g&max_pending=0', 'max_pending'],
  ['bot_id=a&last_event_id=x', 'last_event_id'],
  ['bot_id=a&start=middle', 'start'],
])('?%s is 400', async (query, field) => {
  const response = await fetch(`${origin}/api/updates/stream?${query}`, { headers: ADMIN });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ details: [{ field }] });
});

test('what is not a place is 400 in progress', async () => {
  const stream = await open('bot_id=a&group=places');
  expect((await progress(stream, { id: 'x' })).status).toBe(400);
});

test('opening is recorded in the audit, and progress is not', async () => {
  const stream = await open('bot_id=a&group=audited');
  await progress(stream, {});
  const url = `${origin}/api/audit?limit=5`;
  const audit = await (await fetch(url, { headers: ADMIN })).text();
  expect(audit).toContain('"/api/updates/stream"');
  expect(audit).not.toContain('/api/updates/stream/progress');
});
