import type { Bot } from '@hookpulse/common/bots/bot';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { partitionForKey } from '@hookpulse/event-log/murmur2';
import {
  DEAD_LETTER_TOPIC,
  DEAD_UPDATES_TOPIC,
  FORWARDING_STATUS_TOPIC,
  FORWARDING_TOPIC,
  REPLAY_HEADER,
  schemaHeader,
  UPDATES_TOPIC,
} from '@hookpulse/event-log/topics';
import { repeatedPublishing } from '@hookpulse/service-kit/http/engine-check';
import { measureLog } from '@hookpulse/service-kit/metrics/measured-log';
import type { ForwardingStatus } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { forwarderMetrics } from './metrics.ts';
import {
  type ForwarderFixture,
  messageOf,
  openForwarderFixture,
} from './testing/forwarder-fixture.ts';
import { hang, ok, startTestBot, status, type TestBotServer } from './testing/test-bots.ts';

const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

let fixture: ForwarderFixture;
let bots: TestBotServer[];

beforeEach(async () => {
  fixture = await openForwarderFixture();
  bots = [];
});
afterEach(async () => {
  await fixture.close();
  await Promise.all(bots.map((bot) => bot.close()));
});

async function startBot(): Promise<TestBotServer> {
  const bot = await startTestBot();
  bots.push(bot);
  return bot;
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

test('an update reaches its bot as Telegram would send it, and is reported as processed', async () => {
  const bot = await startBot();
  const secret = fixture.secretBox.seal('my-secret', 'a', 'forward.secret');
  const credentials = fixture.secretBox.seal('user:pass', 'a', 'forward.credentials');
  await fixture.forward('a', { url: bot.url, secret, credentials });
  await fixture.run();
  const update = messageOf(7, 5, { text: 'héllo \u0000 1e400' });
  await fixture.publish('a', [update]);
  await until('the report', async () => (await fixture.events()).length === 1);

  expect(bot.seen).toHaveLength(1);
  const [request] = bot.seen;
  expect(request?.body).toBe(JSON.stringify(update));
  expect(request?.path).toBe('/hook?x=1');
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-telegram-bot-api-secret-token': 'my-secret',
    authorization: `Basic ${Buffer.from('user:pass').toString('base64')}`,
    'x-hookpulse-attempt': '1',
    'x-hookpulse-event-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'ce-specversion': '1.0',
    'ce-type': 'telegram.update',
    'ce-source': '/bots/a/updates',
    'ce-id': request?.headers['x-hookpulse-event-id'],
    traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  });
  expect(await fixture.events()).toEqual([
    expect.objectContaining({
      bot_id: 'a',
      event_type: 'processed',
      status: 'success',
      update_id: 7,
      update_type: 'message',
      processing_time_ms: expect.any(Number),
      reported_by: 'forwarder',
    }),
  ]);
});

test('a bot token in the URL reaches the bot, and no event', async () => {
  const bot = await startBot();
  const token = '123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
  const whole = new URL(`/bot${token}`, bot.url).href;
  bot.behave(({ path }, response) => {
    response.writeHead(404).end(`Cannot POST ${path}`);
  });
  const sealed = fixture.secretBox.seal(whole, 'a', 'forward.url');
  await fixture.forward('a', { url: whole.replace(/:AA.*/, ':***'), sealed_url: sealed });
  await fixture.run();
  await fixture.publish('a', [messageOf(1)]);
  await until('the report', async () => (await fixture.events()).length === 1);
  expect(bot.seen[0]?.path).toBe(`/bot${token}`);
  const [event] = await fixture.events();
  expect(event?.error_message).toBe('status 404: Cannot POST /bot123456:***');
});

test('of a chat one update is under way at a time, in order; chats go side by side', async () => {
  const bot = await startBot();
  await fixture.forward('a', { url: bot.url });
  const underWay = new Set<number>();
  const overlaps: number[] = [];
  bot.behave(async ({ body }, response) => {
    const chat = JSON.parse(body).message.chat.id;
    if (underWay.has(chat)) overlaps.push(chat);
    underWay.add(chat);
    await new Promise((next) => setTimeout(next, 2));
    underWay.delete(chat);
    response.end();
  });
  await fixture.run();
  const updates = numbers(0, 300).map((id) => messageOf(id, id % 10));
  await fixture.publish('a', updates);
  await until('all updates', () => bot.taken.length === 300);
  expect(overlaps).toEqual([]);
  for (const chat of numbers(0, 10)) {
    const ids = bot.seen.map(({ updateId }) => updateId).filter((id) => id % 10 === chat);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  }
  expect(bot.mostAtOnce).toBeGreaterThan(1);
});

test('a bot that hangs and one that refuses delay no other, nor hold more than their windows', async () => {
  const [hanging, refusing, fine] = [await startBot(), await startBot(), await startBot()];
  hanging.behave(hang);
  refusing.behave(status(500));
  await fixture.forward('hanging', { url: hanging.url, max_connections: 3, timeout_seconds: 1 });
  await fixture.forward('refusing', { url: refusing.url, max_connections: 3 });
  await fixture.forward('fine', { url: fine.url });
  const forwarder = await fixture.run({ timeoutMs: 30_000 });
  for (const part of numbers(0, 3)) {
    const ids = numbers(part * 100, 100);
    const updates = ids.map((id) => messageOf(id, id));
    for (const id of ['hanging', 'refusing', 'fine']) await fixture.publish(id, updates);
  }
  await until('all updates of the fine bot', () => fine.taken.length === 300);
  expect(hanging.mostAtOnce).toBeLessThanOrEqual(3);
  for (const { botId, lane } of forwarder.bots()) {
    expect(lane.heldCount).toBeLessThanOrEqual(botId === 'fine' ? 80 : 8);
    if (botId !== 'fine') expect(lane.heldCount + lane.missedCount).toBe(300);
  }
  // When they are back, they get everything, in order.
  hanging.behave(ok);
  refusing.behave(ok);
  await until('the refusing bot', () => new Set(refusing.taken).size === 300, 60_000);
  expect(refusing.taken).toHaveLength(300);
});

describe('a failing attempt', () => {
  test('is an error once, then retries, and at last processed', async () => {
    const bot = await startBot();
    bot.behave((request, response) => {
      if (request.headers['x-hookpulse-attempt'] === '3') response.end();
      else response.writeHead(502).end('bad '.repeat(100));
    });
    await fixture.forward('a', { url: bot.url });
    await fixture.run();
    await fixture.publish('a', [messageOf(1)]);
    await until('processed', async () =>
      (await fixture.events()).some(({ event_type }) => event_type === 'processed'),
    );
    const events = await fixture.events();
    expect(events.map((event) => [event.event_type, event.status, event.error_type])).toEqual([
      ['error', 'failed', 'Http502'],
      ['retry', 'pending', 'Http502'],
      ['processed', 'success', null],
    ]);
    expect(events[0]?.error_message).toBe(`status 502: ${'bad '.repeat(50)}`);
    expect(new Set(bot.seen.map(({ headers }) => headers['x-hookpulse-event-id'])).size).toBe(1);
  });

  test.each([
    ['http://127.0.0.1:1/', 'ConnectionRefused'],
    ['http://nobody.invalid/', 'DnsFailure'],
    ['http://169.254.169.254/latest/', 'HostRefused'],
    ['http://[::ffff:169.254.169.254]/', 'HostRefused'],
  ])('at %s is %s', async (url, errorType) => {
    await fixture.forward('a', { url });
    await fixture.run();
    await fixture.publish('a', [messageOf(1)]);
    await until('an event', async () => (await fixture.events()).length > 0);
    expect(await fixture.events()).toMatchObject([{ event_type: 'error', error_type: errorType }]);
  });

  test('is a Timeout when the bot does not answer in time', async () => {
    const bot = await startBot();
    bot.behave(hang);
    await fixture.forward('a', { url: bot.url, timeout_seconds: 0.1 });
    await fixture.run();
    await fixture.publish('a', [messageOf(1)]);
    await until('an event', async () => (await fixture.events()).length > 0);
    expect((await fixture.events())[0]).toMatchObject({
      error_type: 'Timeout',
      error_message: 'no answer within 0.1 s',
    });
  });

  test('does not follow redirects', async () => {
    const [bot, elsewhere] = [await startBot(), await startBot()];
    bot.behave(status(307, { location: elsewhere.url }));
    await fixture.forward('a', { url: bot.url });
    await fixture.run();
    await fixture.publish('a', [messageOf(1)]);
    await until('an event', async () => (await fixture.events()).length > 0);
    expect((await fixture.events())[0]).toMatchObject({ error_type: 'Http307' });
    expect(elsewhere.seen).toEqual([]);
  });
});

describe('an answer that is a request', () => {
  const reply = { method: 'sendMessage', chat_id: 1, text: 'hi' };
  const token = '123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

  async function answersOf(change: Partial<Bot>): Promise<readonly WebhookEvent[]> {
    const [bot, telegram] = [await startBot(), await startBot()];
    bot.behave((_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(reply));
    });
    telegram.behave((request, response) => {
      expect(request.path).toBe(`/hook?x=1/bot${token}/sendMessage`);
      expect(JSON.parse(request.body)).toEqual({ chat_id: 1, text: 'hi' });
      response.end('{"ok":true,"result":{}}');
    });
    await fixture.registry.put(testBot('a', { forward: { url: bot.url }, ...change }));
    await fixture.run({ telegramApiUrl: telegram.url });
    await fixture.publish('a', [messageOf(1)]);
    await until('both events', async () => (await fixture.events()).length === 2);
    return fixture.events();
  }

  test('is carried out with the token of the bot', async () => {
    const sealed = fixture.secretBox.seal(token, 'a', 'bot_token');
    expect(await answersOf({ bot_token: sealed })).toMatchObject([
      { event_type: 'processed' },
      { event_type: 'response_sent', status: 'success', response_time_ms: expect.any(Number) },
    ]);
  });

  test('is reported as not carried out without one', async () => {
    expect(await answersOf({})).toMatchObject([
      { event_type: 'processed' },
      { event_type: 'response_sent', status: 'failed', error_type: 'ReplyNotCarriedOut' },
    ]);
  });
});

test('what expires is given up with its reason, and the next of its queue goes', async () => {
  const bot = await startBot();
  let nowMs = Date.now();
  await fixture.forward('a', { url: bot.url, max_connections: 1 });
  bot.behave(status(500));
  const query = (id: number) => ({ update_id: id, inline_query: { from: { id: 1 }, id: 'q' } });
  await fixture.run({ clock: { now: () => nowMs } });
  await fixture.publish('a', [query(1)]);
  await until('the first attempt', () => bot.seen.length > 0);
  nowMs += 40_000;
  bot.behave(ok);
  await fixture.publish('a', [messageOf(2)]);
  await until('the next', () => bot.taken.includes(2));
  await until('the dead update', async () => (await fixture.read(DEAD_UPDATES_TOPIC)).length > 0);
  const [dead] = await fixture.read(DEAD_UPDATES_TOPIC);
  expect(JSON.parse(Buffer.from(dead?.value ?? []).toString())).toMatchObject({
    bot_id: 'a',
    reason: 'Expired',
    attempts: 1,
    last_answer: 'status 500: no',
    update: query(1),
  });
  expect(await fixture.events()).toContainEqual(
    expect.objectContaining({ event_type: 'error', error_type: 'Expired', update_id: 1 }),
  );
});

test('a query that has just come is sent, though the clock is ahead of that of the log', async () => {
  const bot = await startBot();
  await fixture.forward('a', { url: bot.url });
  await fixture.run({ clock: { now: () => Date.now() + 40_000 } });
  await fixture.publish('a', [{ update_id: 1, inline_query: { from: { id: 1 }, id: 'q' } }]);
  await until('the query', () => bot.taken.includes(1));
});

test('what is no update is a dead letter, and the next update goes', async () => {
  const bot = await startBot();
  await fixture.forward('a', { url: bot.url });
  await fixture.run();
  await fixture.log.publish([{ topic: UPDATES_TOPIC, key: 'a', value: 'no update' }]);
  await fixture.publish('a', [messageOf(1)]);
  await until('the update', () => bot.taken.includes(1));
  await until('the letter', async () => (await fixture.read(DEAD_LETTER_TOPIC)).length > 0);
  const [letter, ...others] = await fixture.read(DEAD_LETTER_TOPIC);
  expect(others).toEqual([]);
  expect(Buffer.from(letter?.value ?? []).toString()).toBe('no update');
  expect(letter?.headers).toMatchObject({ topic: UPDATES_TOPIC, offset: '0' });
});

test('a replayed update is sent again behind what waits, marked, with attempts of its own', async () => {
  const bot = await startBot();
  await fixture.publish('a', [messageOf(1)]);
  await fixture.forward('a', { url: bot.url });
  await fixture.run();
  await until('the first time', () => bot.taken.length === 1);
  const [original] = await fixture.read(UPDATES_TOPIC);
  bot.behave((request, response) => {
    response.writeHead(request.headers['x-hookpulse-attempt'] === '1' ? 500 : 200).end();
  });
  await fixture.publish('a', [messageOf(2)]);
  await fixture.log.publish([
    {
      topic: UPDATES_TOPIC,
      key: 'a',
      value: original?.value ?? null,
      headers: { ...schemaHeader(UPDATES_TOPIC), [REPLAY_HEADER]: 'replay-1' },
    },
  ]);
  await until('both', () => bot.taken.length === 3);
  expect(bot.taken).toEqual([1, 2, 1]);
  const [first, ...others] = bot.seen.filter(({ updateId }) => updateId === 1);
  expect(first?.headers).not.toHaveProperty('x-hookpulse-replay');
  expect(others.map(({ headers }) => headers['x-hookpulse-attempt'])).toEqual(['1', '2']);
  for (const { headers, body } of others) {
    expect(headers['x-hookpulse-replay']).toBe('replay-1');
    expect(headers['x-hookpulse-event-id']).toBe(first?.headers['x-hookpulse-event-id']);
    expect(body).toBe(first?.body);
  }
  await until('all reports', async () => (await fixture.events()).length === 5);
  const events = (await fixture.events()).filter(({ update_id: id }) => id === 1);
  expect(events.map(({ event_type: type }) => type)).toEqual(['processed', 'error', 'processed']);
  expect(new Set(events.map(({ event_id: id }) => id)).size).toBe(3);
});

test('a bot whose secret is changed gets nothing twice, and no error for it', async () => {
  const bot = await startBot();
  const { promise: held, resolve: answer } = Promise.withResolvers<void>();
  bot.behave(async ({ updateId }, response) => {
    if (updateId === 1) await held;
    response.end();
  });
  const forwardWith = (secret: string) => {
    const sealed = fixture.secretBox.seal(secret, 'a', 'forward.secret');
    return fixture.forward('a', { url: bot.url, secret: sealed });
  };
  await forwardWith('one');
  await fixture.run({ timeoutMs: 120_000 });
  await fixture.publish('a', [messageOf(1, 1)]);
  await until('the first', () => bot.seen.length === 1);
  await forwardWith('two');
  let chat = 2;
  await until('the other secret', async () => {
    await fixture.publish('a', [messageOf(chat, chat)]);
    chat += 1;
    return bot.seen.some(({ headers }) => headers[SECRET_HEADER] === 'two');
  });
  answer();
  await until('all to be taken', () => bot.taken.length === chat - 1);
  await until('the reports', async () => (await fixture.events()).length === chat - 1);
  expect(bot.seen).toHaveLength(chat - 1);
  expect((await fixture.events()).filter(({ event_type }) => event_type !== 'processed')).toEqual(
    [],
  );
});

test('what is given up at a stop is no failure of the bot, and no attempt', async () => {
  const bot = await startBot();
  bot.behave(hang);
  await fixture.forward('a', { url: bot.url });
  const first = await fixture.run({ timeoutMs: 30_000 });
  await fixture.publish('a', [messageOf(1)]);
  await until('the update', () => bot.seen.length === 1);
  await first.close();
  expect(await fixture.events()).toEqual([]);
  bot.behave(ok);
  await fixture.run();
  await until('the report', async () => (await fixture.events()).length === 1);
  expect(bot.seen[1]?.headers['x-hookpulse-attempt']).toBe('1');
  expect(await fixture.events()).toMatchObject([{ event_type: 'processed' }]);
});

describe('the status of a bot', () => {
  async function lastStatus(): Promise<ForwardingStatus> {
    const { value } = (await fixture.read(FORWARDING_STATUS_TOPIC)).at(-1) ?? {};
    return JSON.parse(Buffer.from(value ?? []).toString() || '{}');
  }
  const NOTHING_WAITS = { backlog: 0, in_flight: 0, oldest_at: null, next_attempt_at: null };

  test('says at last that nothing waits, also when that is so in the end of a stop', async () => {
    const bot = await startBot();
    const waiting: (() => void)[] = [];
    bot.behave((_, response) => void waiting.push(() => response.end()));
    await fixture.forward('a', { url: bot.url });
    const forwarder = await fixture.run({ timeoutMs: 120_000 });
    await fixture.publish('a', [messageOf(1)]);
    await until('a backlog', async () => (await lastStatus()).backlog === 1);
    const closed = forwarder.close();
    for (const answer of waiting) answer();
    await closed;
    expect(await lastStatus()).toMatchObject(NOTHING_WAITS);
  });

  test('is corrected where an owner was killed before it could say so', async () => {
    const bot = await startBot();
    await fixture.forward('a', { url: bot.url });
    const left = { state: 'failing', backlog: 1, oldest_at: '2026-02-10T20:00:00Z', in_flight: 1 };
    const value = JSON.stringify({ ...left, next_attempt_at: null, last_failure: null });
    await fixture.log.publish([{ topic: FORWARDING_STATUS_TOPIC, key: 'a', value }]);
    await fixture.run();
    await until('the correction', async () => (await lastStatus()).backlog === 0);
    expect(await lastStatus()).toMatchObject({ ...NOTHING_WAITS, state: 'delivering' });
  });
});

test('a bot that was stored with an invalid URL holds up no other of its partition', async () => {
  const bot = await startBot();
  const { length: partitions } = await fixture.log.ranges(UPDATES_TOPIC);
  const isBeside = (id: string) =>
    partitionForKey(id, partitions) === partitionForKey('a', partitions);
  const broken =
    numbers(0, 1_000)
      .map((n) => `broken-${n}`)
      .find(isBeside) ?? '';
  await fixture.forward(broken, { url: '' });
  await fixture.forward('a', { url: bot.url });
  await fixture.run();
  for (const id of [broken, 'a']) await fixture.publish(id, [messageOf(1)]);
  await until('the other bot to get its update', () => bot.taken.length === 1);
});

test('a pause holds everything back, and its end lets it go', async () => {
  const bot = await startBot();
  await fixture.forward('a', { url: bot.url, paused: true });
  const forwarder = await fixture.run();
  await fixture.publish(
    'a',
    numbers(0, 200).map((id) => messageOf(id)),
  );
  await until('the backlog', () =>
    [...forwarder.bots()].some(({ lane }) => lane.heldCount + lane.missedCount === 200),
  );
  expect(bot.seen).toEqual([]);
  await fixture.forward('a', { url: bot.url });
  await until('all of it', () => bot.taken.length === 200);
  expect(bot.taken).toEqual(numbers(0, 200));
});

test('the log that goes away for a while costs nothing but time', async () => {
  const bot = await startBot();
  await fixture.forward('a', { url: bot.url, max_connections: 2 });
  let isAway = true;
  const telemetry = { metrics: forwarderMetrics(), health: repeatedPublishing() };
  const log: EventLog = {
    ...measureLog(fixture.log, telemetry),
    publish: (messages) =>
      isAway ? Promise.reject(new LogUnavailableError('away')) : fixture.log.publish(messages),
  };
  await fixture.run({ log });
  await fixture.publish(
    'a',
    numbers(0, 20).map((id) => messageOf(id, id)),
  );
  await until('two updates', () => bot.taken.length === 2);
  isAway = false;
  await until('all reports', async () => (await fixture.events()).length === 20);
  expect(bot.taken.toSorted((a, b) => a - b)).toEqual(numbers(0, 20));
});

test('what came before forwarding was set up is not forwarded', async () => {
  const bot = await startBot();
  await fixture.publish('a', [messageOf(1)]);
  const since = new Date(Date.now() + 3_600_000).toISOString();
  await fixture.forward('a', { url: bot.url, since });
  await fixture.forward('b', { url: bot.url });
  await fixture.run();
  await fixture.publish('a', [messageOf(2)]);
  await fixture.publish('b', [messageOf(3)]);
  await until('the other', () => bot.taken.length === 1);
  expect(bot.taken).toEqual([3]);
});

test('a successor sends the updates that are left, and none twice', async () => {
  const [bot, down] = [await startBot(), await startBot()];
  await fixture.forward('a', { url: bot.url });
  await fixture.forward('down', { url: down.url, max_connections: 2 });
  down.behave(status(503));
  const first = await fixture.run();
  await fixture.publish(
    'down',
    numbers(0, 100).map((id) => messageOf(id)),
  );
  await fixture.publish(
    'a',
    numbers(0, 100).map((id) => messageOf(id, id)),
  );
  await until('the first hundred', () => bot.taken.length === 100);
  await first.close();
  expect((await fixture.read(FORWARDING_TOPIC)).length).toBeGreaterThan(0);
  await fixture.publish(
    'a',
    numbers(100, 100).map((id) => messageOf(id, id)),
  );
  down.behave(ok);
  await fixture.run();
  await until('the second hundred', () => bot.taken.length >= 200);
  await until('the bot that was down', () => down.taken.length >= 100);
  expect(bot.taken.toSorted((a, b) => a - b)).toEqual(numbers(0, 200));
  expect(down.taken).toEqual(numbers(0, 100));
});

test('a successor counts attempts on: one failing update is one error', async () => {
  const bot = await startBot();
  bot.behave(status(503));
  await fixture.forward('a', { url: bot.url });
  const first = await fixture.run();
  await fixture.publish('a', [messageOf(1)]);
  await until('two reports', async () => (await fixture.events()).length === 2);
  await first.close();
  const sentBefore = bot.seen.length;
  bot.behave(ok);
  await fixture.run();
  await until('the update', () => bot.taken.length === 1);
  await until('its report', async () =>
    (await fixture.events()).some(({ event_type }) => event_type === 'processed'),
  );
  expect(bot.seen.at(-1)?.headers['x-hookpulse-attempt']).toBe(String(sentBefore + 1));
  const types = (await fixture.events()).map(({ event_type }) => event_type);
  expect(types.filter((type) => type === 'error')).toHaveLength(1);
  expect(new Set((await fixture.events()).map(({ event_id }) => event_id)).size).toBe(types.length);
});
