/** The client of the Bot API, at the stand-in and at servers that are none. */
import type { RequestListener } from 'node:http';
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import { isBotToken } from '@hookpulse/bot-api/bot-token';
import { serveHttp } from '@hookpulse/common/testing/serve-http';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import {
  type StandInTelegram,
  startStandInTelegram,
} from '@hookpulse/traffic/telegram/stand-in-telegram';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const MISSING = '7000000000:AAthis-token-was-never-given-to-anybody';
const WEBHOOK = { url: 'http://127.0.0.1:9/hook' };

let telegram: StandInTelegram;
let bot: StandInBot;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  telegram = await startStandInTelegram();
  bot = telegram.addBot('shop_bot');
});
afterEach(async () => {
  await telegram.close();
  for (const close of closing.splice(0)) await close();
});

function api(token = bot.identity.token, apiUrl = telegram.url) {
  return createBotApi({ apiUrl, token, timeoutMs: 5_000 });
}

test('a bot says who it is, and what its webhook is', async () => {
  expect(await api().getMe()).toEqual({
    kind: 'ok',
    result: expect.objectContaining({ username: 'shop_bot', is_bot: true }),
    description: null,
  });
  expect(await api().getWebhookInfo()).toEqual({
    kind: 'ok',
    result: { url: '', has_custom_certificate: false, pending_update_count: 0 },
    description: null,
  });
});

test('a webhook is set and deleted, and the answer says whether it was so before', async () => {
  expect(await api().setWebhook(WEBHOOK)).toMatchObject({ description: 'Webhook was set' });
  expect(await api().deleteWebhook()).toMatchObject({ description: 'Webhook was deleted' });
  expect(await api().deleteWebhook()).toMatchObject({ description: 'Webhook is already deleted' });
});

test('too many calls are refused with the seconds to wait', async () => {
  await api().setWebhook(WEBHOOK);
  expect(await api().setWebhook(WEBHOOK)).toEqual({
    kind: 'refused',
    errorCode: 429,
    description: 'Too Many Requests: retry after 1',
    retryAfterSeconds: 1,
  });
});

test('a revoked token is 401, a malformed one 404', async () => {
  telegram.revoke(bot);
  expect(await api().getMe()).toMatchObject({ kind: 'refused', errorCode: 401 });
  expect(await api('nonsense').getMe()).toMatchObject({ kind: 'refused', errorCode: 404 });
});

test('any other method is called with its parameters; a name that is none is refused here', async () => {
  const sent = await api().call('sendMessage', { chat_id: 5, text: 'Hi' });
  expect(sent).toMatchObject({ kind: 'ok', result: { text: 'Hi' } });
  expect(bot.calls.at(-1)).toMatchObject({ method: 'sendMessage', params: { chat_id: 5 } });
  const before = bot.calls.length;
  expect(await api().call('../getMe')).toMatchObject({ kind: 'refused', errorCode: 404 });
  expect(bot.calls).toHaveLength(before);
});

test('where no Bot API answers, the reason is told', async () => {
  const silent = await serve(() => undefined);
  const page = await serve((_, response) => response.end('<html>Sign in</html>'));
  const other = await serve((_, response) => response.end('{"ok":true,"result":{"id":"5"}}'));
  const broken = await serve((request) => request.socket.destroy());
  const closed = await serve(() => undefined);
  await closing.pop()?.();
  const reasonAt = async (apiUrl: string) => {
    const answer = await createBotApi({ apiUrl, token: MISSING, timeoutMs: 300 }).getMe();
    return answer.kind === 'unreachable' ? answer.reason : answer;
  };
  expect({
    silent: await reasonAt(silent),
    page: await reasonAt(page),
    other: await reasonAt(other),
    broken: await reasonAt(broken),
    closed: await reasonAt(closed),
    nowhere: await reasonAt('http://nowhere.invalid'),
    nonsense: await reasonAt('http://'),
  }).toEqual({
    silent: 'timeout',
    page: 'not a Bot API',
    other: 'not a Bot API',
    broken: 'connection closed',
    closed: 'connection refused',
    nowhere: 'unknown host',
    nonsense: 'connection closed',
  });
});

test('user name and password of the URL are sent in a header', async () => {
  const proxied = new URL(
    await serve(({ url, headers }, response) => {
      response.end(JSON.stringify({ ok: true, result: [url, headers.authorization] }));
    }),
  );
  proxied.username = 'me';
  proxied.password = 'p@ss';
  expect(await api(MISSING, proxied.href).call('getMe')).toMatchObject({
    result: [`/bot${MISSING}/getMe`, `Basic ${Buffer.from('me:p@ss').toString('base64')}`],
  });
});

test('a redirect is not followed: elsewhere nobody learns the token', async () => {
  const seen: (string | undefined)[] = [];
  const thief = await serve((request, response) => {
    seen.push(request.url);
    response.end('{"ok":true,"result":true}');
  });
  const redirecting = await serve((request, response) => {
    response.writeHead(307, { location: `${thief}${request.url}` }).end();
  });
  expect(await api(MISSING, redirecting).deleteWebhook()).toMatchObject({ kind: 'unreachable' });
  expect(seen).toEqual([]);
});

test('no answer carries the token', async () => {
  const reflecting = await serve((request, response) => response.end(request.url));
  const answers = [
    await api(MISSING).getMe(),
    await api(MISSING, reflecting).getMe(),
    await api(MISSING, 'http://').getMe(),
    await api(MISSING, 'http://nowhere.invalid').call('sendMessage'),
  ];
  expect(JSON.stringify(answers)).not.toContain('this-token');
});

test('tokens are recognised', () => {
  expect(isBotToken(bot.identity.token)).toBe(true);
  expect(['', 'shop_bot', '12345', '12:short', `${MISSING} `].map(isBotToken)).not.toContain(true);
});

async function serve(listener: RequestListener): Promise<string> {
  const server = await serveHttp(listener);
  closing.push(server.close);
  return server.url;
}
