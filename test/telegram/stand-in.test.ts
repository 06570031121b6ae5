/** The stand-in delivers as Telegram does: form, queues, connections, retries, expiry, replies. */
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type BotApi, createBotApi } from '@hookpulse/bot-api/bot-api';
import { until } from '@hookpulse/common/testing/until';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import {
  type StandInOptions,
  type StandInTelegram,
  startStandInTelegram,
} from '@hookpulse/traffic/telegram/stand-in-telegram';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startWebhookReceiver, type WebhookReceiver } from './support/webhook-receiver.ts';

/** A second of Telegram's lasts ten milliseconds. */
const FAST: StandInOptions = { timing: { secondMs: 10 } };
/** With `FAST`. */
const INLINE_LIFETIME_MS = 300;

let telegram: StandInTelegram;
let receiver: WebhookReceiver;
let bot: StandInBot;
let api: BotApi;

async function start(options: StandInOptions = FAST): Promise<void> {
  await telegram?.close();
  telegram = await startStandInTelegram(options);
  bot = telegram.addBot('shop_bot');
  api = createBotApi({ apiUrl: telegram.url, token: bot.identity.token });
}

beforeEach(async () => {
  receiver = await startWebhookReceiver();
  await start();
});
afterEach(async () => {
  await telegram.close();
  await receiver.close();
});

function message(chatId: number, text = 'Hi') {
  const date = Math.floor(Date.now() / 1_000);
  return { message_id: 1, date, chat: { id: chatId, type: 'private' }, text };
}

/** Sets the webhook, waiting out the limit of one a second. */
async function setWebhook(settings: Parameters<BotApi['setWebhook']>[0]): Promise<void> {
  await until('the webhook to be set', async () => (await api.setWebhook(settings)).kind === 'ok');
}

function allSettled() {
  return until('all updates to be settled', () => bot.pendingCount === 0);
}

const idsOf = ({ deliveries }: WebhookReceiver) => deliveries.map(({ updateId }) => updateId);

test('a delivery has the form of Telegram: headers, path and query, two lines', async () => {
  await setWebhook({ url: `${receiver.url}/hook?a=1`, secret_token: 's3cret' });
  const updateId = bot.send('message', message(5));
  await allSettled();
  const [delivery] = receiver.deliveries;
  expect(delivery?.path).toBe('/hook?a=1');
  expect(delivery?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-telegram-bot-api-secret-token': 's3cret',
    'accept-encoding': 'gzip, deflate',
    connection: 'keep-alive',
  });
  expect(delivery?.body.startsWith(`{"update_id":${updateId},\n"message":{`)).toBe(true);
  expect(bot.delivered).toEqual([updateId]);
});

test('update ids count up by one, and kinds that are not allowed take none', async () => {
  const first = bot.send('message', message(1)) ?? 0;
  expect(bot.send('chat_member', { from: { id: 1 } })).toBeNull();
  expect(bot.send('message', message(1))).toBe(first + 1);
  await setWebhook({ url: receiver.url, allowed_updates: ['chat_member'] });
  expect(bot.send('message', message(1))).toBeNull();
  expect(bot.send('chat_member', { from: { id: 1 } })).toBe(first + 2);
});

test('allowed updates stay when they are left out; the secret is never told', async () => {
  await setWebhook({ url: receiver.url, allowed_updates: ['message'], max_connections: 7 });
  await setWebhook({ url: receiver.url, secret_token: 'other' });
  const info = await api.getWebhookInfo();
  expect(info).toMatchObject({
    result: { url: receiver.url, allowed_updates: ['message'], max_connections: 40 },
  });
  expect(JSON.stringify(info)).not.toContain('other');
});

test('of a queue one update is under way; others go on, at most as many as allowed', async () => {
  let waiting: (() => void)[] = [];
  receiver.answerWith((_, response) => waiting.push(() => response.end()));
  await setWebhook({ url: receiver.url, max_connections: 2 });
  const [a1, a2, b1, c1] = [1, 1, 2, 3].map((chat) => bot.send('message', message(chat)));
  await until('two to be under way', () => receiver.deliveries.length === 2);
  expect(idsOf(receiver)).toEqual([a1, b1]);
  const release = waiting;
  waiting = [];
  for (const end of release) end();
  await until('the others to be under way', () => receiver.deliveries.length === 4);
  expect(idsOf(receiver).slice(2).toSorted()).toEqual([a2, c1].toSorted());
});

test('a callback overtakes a message of the same chat that is retried', async () => {
  receiver.answerWith(({ body }, response) => {
    response.writeHead(body.includes('"message":{"message_id"') ? 500 : 200).end();
  });
  await setWebhook({ url: receiver.url });
  bot.send('message', message(1));
  const callback = bot.send('callback_query', { id: '1', from: { id: 1 }, data: 'x' });
  await until('the callback to be delivered', () => bot.delivered.length === 1);
  expect(bot.delivered).toEqual([callback]);
  expect(bot.pendingCount).toBe(1);
});

test('what fails is repeated in order, and what went wrong is told', async () => {
  let failures = 4;
  receiver.answerWith((_, response) => response.writeHead(failures-- > 0 ? 502 : 200).end());
  await setWebhook({ url: receiver.url });
  const [first, second] = [bot.send('message', message(1)), bot.send('message', message(1))];
  await until('a failure to be told', () => bot.webhookInfo().last_error_message);
  expect(bot.webhookInfo()).toMatchObject({
    pending_update_count: 2,
    last_error_message: 'Wrong response from the webhook: 502 Bad Gateway',
    last_error_date: expect.any(Number),
  });
  await allSettled();
  expect(bot.delivered).toEqual([first, second]);
  expect(idsOf(receiver)).toEqual([first, first, first, first, first, second]);
});

test('Retry-After replaces the delay', async () => {
  await start({ timing: { secondMs: 1 } });
  let isFirst = true;
  const times: number[] = [];
  receiver.answerWith((_, response) => {
    times.push(performance.now());
    response.writeHead(isFirst ? 503 : 200, isFirst ? { 'retry-after': '400' } : {}).end();
    isFirst = false;
  });
  await setWebhook({ url: receiver.url });
  bot.send('message', message(1));
  await allSettled();
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(390);
});

test('no answer in time and no connection are failures, too', async () => {
  await start({ timing: { secondMs: 10, readTimeoutMs: 100 } });
  receiver.answerWith(() => undefined);
  await setWebhook({ url: receiver.url });
  bot.send('message', message(1));
  const told = () => bot.webhookInfo().last_error_message;
  await until('the time-out', () => told() === 'Read timeout expired');
  await receiver.close();
  await until('the refusal', () => told() === 'Connection refused');
  receiver = await startWebhookReceiver();
});

test('an update that would be tried after its expiry is dropped', async () => {
  receiver.answerWith((_, response) => response.writeHead(500).end());
  await setWebhook({ url: receiver.url });
  const inline = bot.send('inline_query', { id: '1', from: { id: 1 }, query: '' });
  const kept = bot.send('message', message(1));
  await until('the inline query to expire', () => bot.expired.length === 1);
  expect(bot.expired).toEqual([inline]);
  receiver.answerWith((_, response) => response.end());
  await allSettled();
  expect(bot.delivered).toEqual([kept]);
});

test('an update expires while it waits: for one before it, or for a webhook', async () => {
  const inline = () => bot.send('inline_query', { id: '1', from: { id: 1 }, query: '' });
  const unset = inline();
  await until('it to expire', () => bot.webhookInfo().pending_update_count === 0);
  const late = inline();
  await delay(INLINE_LIFETIME_MS);
  let answer = () => undefined as unknown;
  receiver.answerWith((_, response) => {
    answer = () => response.end();
  });
  await setWebhook({ url: receiver.url });
  expect(bot.expired).toEqual([unset, late]);

  const [first, second] = [inline(), inline()];
  await until('the second to expire', () => bot.expired.length === 3);
  expect(bot.expired.at(-1)).toBe(second);
  answer();
  await allSettled();
  expect(bot.delivered).toEqual([first]);
  expect(idsOf(receiver)).toEqual([first]);
});

test('ip_address is where deliveries go, whatever the name of the webhook is', async () => {
  const { port } = new URL(receiver.url);
  const host = `nowhere.invalid:${port}`;
  await setWebhook({ url: `http://${host}/hook`, ip_address: '127.0.0.1' });
  const updateId = bot.send('message', message(1));
  await allSettled();
  expect(bot.delivered).toEqual([updateId]);
  expect(receiver.deliveries[0]?.headers.host).toBe(host);
  expect(bot.webhookInfo()).toMatchObject({ ip_address: '127.0.0.1' });
});

test('an answer that is a call is carried out, also packed and as a form; not every method', async () => {
  const replies = [
    ['application/json', '{"method":"sendMessage","chat_id":5,"text":"Hi"}'],
    ['application/x-www-form-urlencoded', 'method=sendChatAction&chat_id=5'],
    ['application/json', '{"method":"deleteWebhook"}'],
    ['application/json', '{"method":"getMe"}'],
    ['application/json', '{}'],
  ] as const;
  let at = 0;
  receiver.answerWith((_, response) => {
    const [type, body] = replies[at++] ?? ['', ''];
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
    response.end(gzipSync(body));
  });
  await setWebhook({ url: receiver.url });
  for (const _ of replies) bot.send('message', message(1));
  await allSettled();
  await until('both replies', () => bot.calls.filter(({ via }) => via === 'reply').length === 2);
  expect(bot.calls.filter(({ via }) => via === 'reply')).toEqual([
    { method: 'sendMessage', params: { chat_id: 5, text: 'Hi' }, via: 'reply' },
    { method: 'sendChatAction', params: { chat_id: '5' }, via: 'reply' },
  ]);
  expect(bot.webhook).not.toBeNull();
});

test('410 for a day removes the webhook; pending updates stay', async () => {
  await start({ timing: { secondMs: 0.01 } });
  receiver.answerWith((_, response) => response.writeHead(410).end());
  await setWebhook({ url: receiver.url });
  bot.send('custom', {});
  await until('the webhook to be removed', () => bot.webhook === null);
});

test('a new webhook gets what is pending; drop_pending_updates drops it', async () => {
  const first = bot.send('message', message(1));
  await setWebhook({ url: receiver.url });
  await allSettled();
  expect(bot.delivered).toEqual([first]);
  await api.deleteWebhook();
  bot.send('message', message(1));
  await setWebhook({ url: receiver.url, drop_pending_updates: true });
  expect(bot.pendingCount).toBe(0);
});

test('updates are fetched only while no webhook is set', async () => {
  const first = bot.send('message', message(1));
  expect(await api.call('getUpdates')).toMatchObject({ result: [{ update_id: first }] });
  expect(await api.call('getUpdates', { offset: (first ?? 0) + 1 })).toMatchObject({ result: [] });
  await setWebhook({ url: receiver.url });
  expect(await api.call('getUpdates')).toMatchObject({ kind: 'refused', errorCode: 409 });
});

test.each([
  [{ url: 'http://a.example/hook' }, /HTTPS URL must be provided/],
  [{ url: 'https://127.0.0.1:8444/hook' }, /only on ports 80, 88, 443 or 8443/],
  [{ url: 'https://nowhere.invalid/hook' }, /Failed to resolve host/],
  [{ url: 'https://127.0.0.1/hook', secret_token: 'a b' }, /unallowed characters/],
  [{ url: 'nonsense' }, /invalid webhook URL/],
])('Telegram itself refuses the webhook %j', async (settings, description) => {
  await start({ isLocal: false });
  expect(await api.setWebhook(settings)).toEqual({
    kind: 'refused',
    errorCode: 400,
    description: expect.stringMatching(description),
    retryAfterSeconds: null,
  });
});
