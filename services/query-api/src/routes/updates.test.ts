import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { testBot } from '@hookpulse/common/testing/bots';
import type { LogMessage } from '@hookpulse/event-log/event-log';
import { REPLAY_HEADER, schemaHeader, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { testEvent } from '../testing/store-events.ts';
import { storeRawEvents } from '../testing/store-raw-events.ts';

const headers = { authorization: `Bearer ${TEST_TOKENS.admin}` };
let api: TestQueryApi;
let app: HttpApp;

/** The log stamps by the real clock, so this test lives in the present. */
beforeAll(async () => {
  api = await openTestQueryApi(Date.now());
  app = api.openApp();
  const forward = { url: 'https://bot.example.com/' };
  for (const id of ['a', 'b', 'deep', 'late']) await api.registry.put(testBot(id, { forward }));
  await api.registry.put(testBot('unforwarded'));
});
afterAll(() => api.close());

/** Puts updates on the log and their events into the store, as ingest and the aggregator do. */
async function receive(botId: string, bodies: readonly string[]): Promise<void> {
  await putOnLog(botId, bodies);
  await store(
    bodies.map((body) => eventOf(botId, Number(/"update_id":(-?\d+)/.exec(body)?.[1]), 'received')),
  );
}

async function putOnLog(botId: string, bodies: readonly string[]): Promise<void> {
  const at = new Date().toISOString();
  await api.deps.log.publish(
    bodies.map((body) => ({
      topic: UPDATES_TOPIC,
      key: botId,
      value: `{"bot_id":"${botId}","received_at":"${at}","update":${body}}`,
      headers: schemaHeader(UPDATES_TOPIC),
    })),
  );
}

const inFuture = (ms: number) => new Date(Date.now() + ms).toISOString();

function eventOf(
  botId: string,
  updateId: number,
  type: WebhookEvent['event_type'],
  changes: Partial<WebhookEvent> = {},
): WebhookEvent {
  return testEvent(new Date().toISOString(), {
    bot_id: botId,
    event_type: type,
    status: type === 'error' ? 'failed' : 'success',
    update_id: updateId,
    ...changes,
  });
}

const store = (events: readonly WebhookEvent[]) => storeRawEvents(api.clickhouse, events);

function message(id: number): string {
  return `{"update_id":${id},\n"message":{"text":"n ${id}","x":1.50}}`;
}

async function updates(): Promise<readonly LogMessage[]> {
  const messages: LogMessage[] = [];
  const follower = await api.deps.log.follow({
    topic: UPDATES_TOPIC,
    onMessage: (one) => messages.push(one),
  });
  await follower.caughtUp;
  await follower.close();
  return messages;
}

async function copiesOf(replayId: string): Promise<readonly number[]> {
  const copies = (await updates()).filter(({ headers: own }) => own[REPLAY_HEADER] === replayId);
  return copies.map(({ value }) =>
    Number(/"update_id":(-?\d+)/.exec(Buffer.from(value ?? []).toString())?.[1]),
  );
}

const get = (path: string) => app.inject({ url: `/api/updates/${path}`, headers });

async function replay(body: object) {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/updates/replay',
    headers,
    payload: body,
  });
  return { statusCode: answer.statusCode, body: answer.json() };
}

describe('GET /api/updates/<bot_id>/<update_id>', () => {
  test('is the update as Telegram sent it, and reading it is in the audit', async () => {
    await receive('a', [message(1), message(2)]);
    await receive('b', [message(2)]);
    const answer = await get('a/2');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toContain(`"update":${message(2)}`);
    expect(answer.json()).toMatchObject({
      bot_id: 'a',
      update_id: 2,
      update_type: 'message',
      received_at: expect.stringMatching(/^20/),
    });
    const [entry] = api.deps.audit.table?.newest(null, 1) ?? [];
    expect(entry).toMatchObject({ method: 'GET', target: '/api/updates/a/2', status: 200 });
  });

  test('takes any nesting', async () => {
    const body = `{"update_id":9,"message":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    await receive('deep', [body]);
    expect((await get('deep/9')).body).toContain(`"update":${body}`);
  });

  test('finds an update whose event is not stored yet', async () => {
    await api.deps.log.publish([
      {
        topic: UPDATES_TOPIC,
        key: 'a',
        value: `{"bot_id":"a","received_at":"x","update":${message(55)}}`,
      },
    ]);
    expect((await get('a/55')).statusCode).toBe(200);
  });

  test('takes any number that ingest takes', async () => {
    await receive('a', [message(-7)]);
    expect((await get('a/-7')).json()).toMatchObject({ update_id: -7 });
  });

  test.each([
    ['nobody/1', 404, /no bot with this bot_id/],
    ['a/777', 404, /^No event says/],
    ['a/x', 400, /./],
  ])('%s is %d', async (path, status, reason) => {
    const answer = await get(path);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error).toMatch(reason);
  });

  test('says when it was received where the log has it no more', async () => {
    const at = new Date(Date.now() - 3_600_000).toISOString();
    await store([testEvent(at, { bot_id: 'late', event_type: 'received', update_id: 5 })]);
    const answer = await get('late/5');
    expect(answer.statusCode).toBe(404);
    expect(answer.json().error).toContain(`was received at ${at}`);
  });
});

describe('POST /api/updates/replay', () => {
  const from = new Date(Date.now() - 60_000).toISOString();

  test('puts one update on the log again, marked, and only it', async () => {
    await receive('b', [message(10), message(11), message(12)]);
    const before = (await updates()).length;
    const { statusCode, body } = await replay({ bot_id: 'b', update_ids: [11] });
    expect([statusCode, body.updates, body.next_cursor]).toEqual([200, 1, null]);
    expect(body.first).toMatchObject({ update_id: 11 });
    const all = await updates();
    expect(all).toHaveLength(before + 1);
    expect(await copiesOf(body.replay_id)).toEqual([11]);
    const copy = all.find(({ headers: own }) => own[REPLAY_HEADER] === body.replay_id);
    expect(copy?.key).toBe('b');
    expect(Buffer.from(copy?.value ?? []).toString()).toContain(message(11));
    const [entry] = api.deps.audit.table?.newest(null, 1) ?? [];
    expect(entry?.change).toMatchObject({ bot_id: 'b', replay_id: body.replay_id, updates: 1 });
  });

  test('of a span is in order, each once, and leaves copies of earlier replays out', async () => {
    await api.registry.put(testBot('span', { forward: { url: 'https://bot.example.com/' } }));
    await receive('span', [message(1), message(2), message(3), message(2)]);
    await replay({ bot_id: 'span', from });
    const { body } = await replay({ bot_id: 'span', from });
    expect(body).toMatchObject({ updates: 3, first: { update_id: 1 }, last: { update_id: 3 } });
    expect(await copiesOf(body.replay_id)).toEqual([1, 2, 3]);
    const none = await replay({ bot_id: 'span', from: '2026-01-01T00:00:00Z', to: from });
    expect(none.body).toMatchObject({ updates: 0, first: null, next_cursor: null });
  });

  test('counts without doing anything on a dry run', async () => {
    await receive('b', [message(20)]);
    const before = (await updates()).length;
    const { body } = await replay({ bot_id: 'b', update_ids: [20, 21], dry_run: true });
    expect(body).toMatchObject({ updates: 1, dry_run: true });
    expect(await updates()).toHaveLength(before);
  });

  test('takes failed and dead updates only, unless they were processed since', async () => {
    await api.registry.put(testBot('fails', { forward: { url: 'https://bot.example.com/' } }));
    await receive('fails', [1, 2, 3, 4].map(message));
    const later = new Date(Date.now() + 1_000).toISOString();
    await store([
      eventOf('fails', 1, 'error'),
      eventOf('fails', 2, 'error'),
      eventOf('fails', 2, 'processed', { timestamp: later }),
      eventOf('fails', 3, 'error', { error_type: 'Expired' }),
      eventOf('fails', 4, 'processed'),
    ]);
    const failed = await replay({ bot_id: 'fails', from, only: 'failed' });
    expect(await copiesOf(failed.body.replay_id)).toEqual([1, 3]);
    const dead = await replay({ bot_id: 'fails', from, only: 'dead' });
    expect(await copiesOf(dead.body.replay_id)).toEqual([3]);
    const given = await replay({ bot_id: 'fails', update_ids: [1, 4], only: 'failed' });
    expect(await copiesOf(given.body.replay_id)).toEqual([1]);
  });

  test('of many updates goes on by cursor, each once, under one id', async () => {
    await api.registry.put(testBot('many', { forward: { url: 'https://bot.example.com/' } }));
    const ids = Array.from({ length: 1_005 }, (_, index) => index + 1);
    await receive('many', ids.map(message));
    const first = await replay({ bot_id: 'many', from });
    expect(first.body).toMatchObject({ updates: 1_000, next_cursor: expect.any(String) });
    const cursor = first.body.next_cursor;
    const second = await replay({ bot_id: 'many', from, cursor });
    expect(second.body).toMatchObject({
      replay_id: first.body.replay_id,
      updates: 5,
      next_cursor: null,
    });
    expect(await copiesOf(first.body.replay_id)).toEqual(ids);
  });

  test('finds updates whose events are up to a minute ahead of the log', async () => {
    await putOnLog('b', [message(30)]);
    await store([eventOf('b', 30, 'received', { timestamp: inFuture(50_000) })]);
    expect((await replay({ bot_id: 'b', update_ids: [30] })).body).toMatchObject({ updates: 1 });
  });

  test('finds updates whose events are not stored yet, also beside others', async () => {
    await receive('b', [message(40)]);
    await putOnLog('b', [message(41)]);
    await store([eventOf('b', 42, 'received', { timestamp: inFuture(-3_600_000) })]);
    expect((await replay({ bot_id: 'b', update_ids: [41] })).body).toMatchObject({ updates: 1 });
    const { body } = await replay({ bot_id: 'b', update_ids: [40, 41, 42] });
    expect(await copiesOf(body.replay_id)).toEqual([40, 41]);
  });

  test('takes all that the log has where no beginning is given', async () => {
    await api.registry.put(testBot('whole', { forward: { url: 'https://bot.example.com/' } }));
    await receive('whole', [message(-1), message(2), message(3)]);
    await store([eventOf('whole', 2, 'error', { error_type: 'Expired' })]);
    const countOf = async (body: object) =>
      (await replay({ bot_id: 'whole', dry_run: true, ...body })).body.updates;
    expect(await countOf({})).toBe(3);
    expect(await countOf({ to: inFuture(1_000) })).toBe(3);
    expect(await countOf({ to: inFuture(-3_600_000) })).toBe(0);
    expect(await countOf({ only: 'failed' })).toBe(1);
    expect(await countOf({ only: 'dead', to: inFuture(1_000) })).toBe(1);
    expect(await countOf({ update_ids: [-1] })).toBe(1);
  });

  test.each<[object, number]>([
    [{ bot_id: 'nobody' }, 404],
    [{ bot_id: 'a', from, to: from }, 400],
    [{ bot_id: 'a', from, cursor: 'x' }, 400],
    [{ bot_id: 'a', update_ids: [] }, 400],
    [{ bot_id: 'a', from, only: 'some' }, 400],
    [{ bot_id: 'nobody', from }, 404],
    [{ bot_id: 'unforwarded', from }, 409],
  ])('of %j is %d', async (body, status) => {
    expect((await replay(body)).statusCode).toBe(status);
  });
});
