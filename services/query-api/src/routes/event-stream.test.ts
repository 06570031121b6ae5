import { request as httpRequest } from 'node:http';
import { SESSION_LIFE } from '@hookpulse/api/session';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { until } from '@hookpulse/common/testing/until';
import { type FollowOptions, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestToken } from '../testing/access.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { readEventStream, type TestEventStream } from '../testing/read-event-stream.ts';
import { testEvent } from '../testing/store-events.ts';
import type { EventStreamSettings } from './event-stream.ts';

const AUTHORIZATION = { authorization: `Bearer ${TEST_TOKENS.read}` };

describe('GET /api/events/stream', () => {
  let api: TestQueryApi;
  let origin: string;
  const streams: TestEventStream[] = [];

  beforeAll(async () => {
    api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
    origin = await serve();
  });
  afterEach(async () => {
    await Promise.all(streams.splice(0).map((stream) => stream.close()));
  });
  afterAll(() => api?.close());

  const serve = (eventStream: Partial<EventStreamSettings> = {}, deps = {}) =>
    api.openApp({ eventStream }, deps).listen({ host: '127.0.0.1', port: 0 });

  async function open(query = '', headers = {}, at = origin): Promise<TestEventStream> {
    const stream = await readEventStream(`${at}/api/events/stream?${query}`, {
      ...AUTHORIZATION,
      ...headers,
    });
    streams.push(stream);
    if (stream.response.status === 200)
      await until('the opening', () => stream.comments.length > 0);
    return stream;
  }

  let count = 0;
  function newEvents(howMany: number, changes: Partial<WebhookEvent> = {}): WebhookEvent[] {
    return Array.from({ length: howMany }, () => {
      count += 1;
      return testEvent('2026-02-10T19:59:00Z', {
        bot_id: `bot-${count % 7}`,
        update_id: count,
        ...changes,
      });
    });
  }
  const publish = (events: readonly WebhookEvent[]) =>
    api.deps.log.publish(
      events.map((event) => ({
        topic: EVENTS_TOPIC,
        key: event.bot_id,
        value: JSON.stringify(event),
      })),
    );
  const ids = (events: readonly WebhookEvent[]) =>
    events.map(({ event_id }) => event_id).toSorted();
  const told = (stream: TestEventStream, events: readonly WebhookEvent[]) =>
    until('what was published', () => stream.events().length >= events.length).then(() =>
      expect(ids(stream.events())).toEqual(ids(events)),
    );

  test('tells what arrives, in full, to all who listen, and nothing of before', async () => {
    await publish(newEvents(3));
    const [one, other] = [await open(), await open()];
    expect(one.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(one.response.headers.get('cache-control')).toBe('no-store');
    const events = newEvents(20);
    await publish(events);
    await told(one, events);
    await told(other, events);
    expect(one.events()).toContainEqual(events[0]);
    // Those of one bot in the order in which they were logged.
    const own = ({ bot_id }: WebhookEvent) => bot_id === 'bot-3';
    expect(one.events().filter(own)).toEqual(events.filter(own));
  });

  test('filters as the stored events are filtered', async () => {
    const queries = [
      'bot_id=bot-3',
      'status=failed',
      'error_type=Timeout&event_type=error',
      'update_id=-7',
    ];
    const [bot, failed, timeout, update] = await Promise.all(queries.map((query) => open(query)));
    const other = newEvents(1, { bot_id: 'bot-x' });
    const wanted = newEvents(1, { bot_id: 'bot-3' });
    const error = newEvents(1, {
      bot_id: 'bot-x',
      event_type: 'error',
      status: 'failed',
      error_type: 'Timeout',
    });
    const numbered = newEvents(1, { bot_id: 'bot-x', update_id: -7 });
    const refused = newEvents(1, {
      bot_id: 'bot-x',
      status: 'failed',
      error_type: 'InvalidSignature',
    });
    await publish([...other, ...wanted, ...error, ...numbered, ...refused]);
    if (!bot || !failed || !timeout || !update) throw new Error('a stream is missing');
    await told(bot, wanted);
    await told(failed, [...error, ...refused]);
    await told(timeout, error);
    await told(update, numbered);
  });

  test('an event that stands on the log twice is told once', async () => {
    const stream = await open();
    const events = newEvents(5);
    await publish(events);
    await publish(events);
    const last = newEvents(1, { bot_id: events[4]?.bot_id ?? '' });
    await publish(last);
    await told(stream, [...events, ...last]);
  });

  test('what cannot be read is left out', async () => {
    const stream = await open();
    await api.deps.log.publish([{ topic: EVENTS_TOPIC, key: 'bot-1', value: 'no event' }]);
    const events = newEvents(7);
    await publish(events);
    await told(stream, events);
  });

  describe('resumes', () => {
    test.each(['header', 'query'])('where it broke off, by its id in the %s', async (where) => {
      const first = await open();
      const before = newEvents(10);
      await publish(before);
      await told(first, before);
      await first.close();
      const missed = newEvents(30);
      await publish(missed);
      const id = first.lastEventId();
      const second =
        where === 'header'
          ? await open('', { 'last-event-id': id })
          : await open(`last_event_id=${id}`);
      const after = newEvents(5);
      await publish(after);
      await told(second, [...missed, ...after]);
    });

    test('in the middle of what came, each event once', async () => {
      const first = await open();
      const events = newEvents(40);
      await publish(events);
      await told(first, events);
      const middle = first.received[17];
      const second = await open('', { 'last-event-id': middle?.id ?? '' });
      const rest = first.events().slice(18);
      await told(second, rest);
      expect(second.events()).toEqual(rest);
    });

    test('also at another process, from the log, and then live', async () => {
      const first = await open();
      const before = newEvents(3);
      await publish(before);
      await told(first, before);
      await first.close();
      const missed = newEvents(2_500);
      await publish(missed);
      const elsewhere = await serve();
      const second = await open('', { 'last-event-id': first.lastEventId() }, elsewhere);
      const after = newEvents(5);
      await publish(after);
      await told(second, [...missed, ...after]);
    });

    test('also at a process that has not read as far yet', async () => {
      const { log } = api.deps;
      const held: (() => void)[] = [];
      let isHolding = true;
      let heldMessages = 0;
      const hold = (call: () => void) => (isHolding ? held.push(call) : call());
      const follow = ({ onMessage, onReached, ...options }: FollowOptions) =>
        log.follow({
          ...options,
          onMessage(message) {
            heldMessages += 1;
            hold(() => onMessage(message));
          },
          onReached: (position) => hold(() => onReached?.(position)),
        });
      const ranges = (topic: string) => log.ranges(topic);
      const slow = await serve({}, { log: { ...log, ping: () => log.ping(), follow, ranges } });
      await open('', {}, slow);
      const first = await open();
      const before = newEvents(20);
      await publish(before);
      await told(first, before);
      const second = await open('', { 'last-event-id': first.lastEventId() }, slow);
      await until('what was seen elsewhere', () => heldMessages === before.length);
      isHolding = false;
      for (const deliver of held) deliver();
      const after = newEvents(5);
      await publish(after);
      await told(second, after);
    });

    test('also of a topic that had more partitions then', async () => {
      const first = await open();
      const before = newEvents(3);
      await publish(before);
      await told(first, before);
      const second = await open('', { 'last-event-id': `${first.lastEventId()}.z` });
      const after = newEvents(2);
      await publish(after);
      await told(second, after);
    });

    test('also a long pause in which nothing matched', async () => {
      const stream = await open('bot_id=quiet', {}, await serve({ heartbeatIntervalMs: 20 }));
      const opened = stream.lastEventId();
      await publish(newEvents(10));
      await until('an id without an event', () => stream.lastEventId() !== opened);
      expect(stream.events()).toEqual([]);
    });
  });

  test('sends heartbeats that pages hear of while nothing comes', async () => {
    const stream = await open('', {}, await serve({ heartbeatIntervalMs: 20 }));
    await until(
      'heartbeats',
      () => stream.comments.filter((one) => one === 'heartbeat').length > 2,
    );
    expect(stream.events()).toEqual([]);
    expect(stream.received.every(({ type }) => type === 'heartbeat')).toBe(true);
  });

  test('drops a client that is too slow, and says so', async () => {
    const at = await serve({ maxWaitingBytes: 200_000 });
    const { hostname, port } = new URL(at);
    const client = httpRequest({
      hostname,
      port,
      path: '/api/events/stream',
      headers: AUTHORIZATION,
    });
    const text = await new Promise<string>((resolve, reject) => {
      client.on('error', reject);
      client.on('response', (response) => {
        // Opened, and then nothing is taken until the other side has given up.
        response.once('data', async () => {
          response.pause();
          for (let n = 0; n < 20; n += 1) {
            await publish(newEvents(500, { error_message: 'x'.repeat(2_000) }));
          }
          let all = '';
          response.on('data', (chunk: Buffer) => {
            all += chunk.toString();
          });
          response.on('end', () => resolve(all));
          response.resume();
        });
      });
      client.end();
    });
    expect(text).toMatch(/\n\nevent: lagging\ndata: \{"reason":"[^"]+"\}\n\n$/);
    // What had been sent before is whole, and the client goes on after it.
    const seen = [...text.matchAll(/^id: (.+)\ndata: /gm)].map(([, id]) => id);
    const resumed = await open('', { 'last-event-id': seen.at(-1) ?? '' });
    await until('the rest', () => resumed.events().length === 20 * 500 - seen.length);
  });

  test('ends with the session that it was opened with', async () => {
    const at = await serve({ heartbeatIntervalMs: 20 });
    const signedIn = await fetch(`${at}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: TEST_TOKENS.read }),
    });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const url = `${at}/api/events/stream`;
    const stream = await readEventStream(url, { cookie });
    await until('a heartbeat', () => stream.comments.includes('heartbeat'));
    api.clock.nowMs += SESSION_LIFE.read.lifetimeMs;
    await stream.ended;
    expect((await fetch(url, { headers: { cookie } })).status).toBe(401);
    api.clock.nowMs -= SESSION_LIFE.read.lifetimeMs;
  });

  test('ends at once when its session is ended from elsewhere', async () => {
    const signedIn = await fetch(`${origin}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: TEST_TOKENS.read }),
    });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const [ended, other] = [
      await readEventStream(`${origin}/api/events/stream`, { cookie }),
      await open(),
    ];
    await fetch(`${await serve()}/api/sessions`, { method: 'DELETE', headers: AUTHORIZATION });
    await ended.ended;
    await publish(newEvents(1));
    await until('the event', () => other.events().length === 1);
  });

  test('ends at once when its token is revoked', async () => {
    const { tokenId, authorization } = await createTestToken(api);
    const stream = await open('', { authorization });
    const answer = await fetch(`${await serve()}/api/tokens/${tokenId}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${TEST_TOKENS.admin}` },
    });
    expect(answer.status).toBe(204);
    await stream.ended;
  });

  test('tells a token for some bots of their events only, those that were missed included', async () => {
    const { authorization } = await createTestToken(api, { bots: ['bot-of-token'] });
    const first = await open('', { authorization });
    const events = [...newEvents(3), ...newEvents(1, { bot_id: 'bot-of-token' })];
    await publish(events);
    await until('the event', () => first.events().length > 0);
    await first.close();
    await publish([...newEvents(3), ...newEvents(1, { bot_id: 'bot-of-token' })]);
    const resumed = await open('', { authorization, 'last-event-id': first.lastEventId() });
    await until('the missed event', () => resumed.events().length > 0);
    const told = [...first.events(), ...resumed.events()];
    expect(told.map(({ bot_id }) => bot_id)).toEqual(['bot-of-token', 'bot-of-token']);
  });

  test('closing the app ends it at once', async () => {
    const app = api.openApp();
    const at = await app.listen({ host: '127.0.0.1', port: 0 });
    const stream = await open('', {}, at);
    await app.close();
    await stream.ended;
  });

  test('has a bound, beyond which it is 503', async () => {
    const at = await serve({ maxStreams: 1 });
    const first = await open('', {}, at);
    expect((await open('', {}, at)).response.status).toBe(503);
    await first.close();
    await until('room', async () => (await open('', {}, at)).response.status === 200);
  });

  test('has a bound for each token, beyond which it is 429, and others are served', async () => {
    const at = await serve({ maxStreamsPerToken: 1 });
    await open('', {}, at);
    const refused = (await open('', {}, at)).response;
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const admin = { authorization: `Bearer ${TEST_TOKENS.admin}` };
    expect((await open('', admin, at)).response.status).toBe(200);
  });

  test('a log that cannot be read is 503, and the next who comes tries again', async () => {
    const { log } = api.deps;
    let isAway = true;
    const ranges = async (topic: string) => {
      if (isAway) throw new LogUnavailableError('away');
      return log.ranges(topic);
    };
    const follow = (options: FollowOptions) => log.follow(options);
    const at = await serve({}, { log: { ...log, ping: () => log.ping(), follow, ranges } });
    expect((await open('', {}, at)).response.status).toBe(503);
    isAway = false;
    expect((await open('', {}, at)).response.status).toBe(200);
  });

  test('HEAD is answered as GET is, and holds nothing', async () => {
    const ask = (query: string) =>
      fetch(`${origin}/api/events/stream${query}`, { method: 'HEAD', headers: AUTHORIZATION });
    const answer = await ask('');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await answer.text()).toBe('');
    expect((await ask('?status=silent')).status).toBe(400);
  });

  test.each([
    ['status=silent', 'status', /^status must be one of/],
    ['to=2026-02-02T00:00:00Z', 'to', /^Unknown query parameter "to"/],
    ['from=yesterday', 'from', /^from must be/],
    ['last_event_id=x', 'last_event_id', /^last_event_id must be the id of an event$/],
  ])('?%s is 400 and says what is wrong', async (query, field, message) => {
    const response = await fetch(`${origin}/api/events/stream?${query}`, {
      headers: AUTHORIZATION,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      status: 'error',
      details: [{ field, message: expect.stringMatching(message) }],
    });
  });

  test('needs a token', async () => {
    const response = await fetch(`${origin}/api/events/stream`);
    expect(response.status).toBe(401);
    await response.body?.cancel();
  });
});
