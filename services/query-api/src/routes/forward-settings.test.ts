import { BotDetailsSchema } from '@hookpulse/api/bot-view';
import { createSecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret } from '@hookpulse/common/values/secrets';
import { AUDIT_TOPIC, BOTS_TOPIC } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';

const headers = { authorization: `Bearer ${TEST_TOKENS.admin}` };
const URL_OF_BOT = 'https://bot.example.com/hook';
const BOT_TOKEN = '123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const box = createSecretBox(randomSecret());
let api: TestQueryApi;
let app: HttpApp;

beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
  app = api.openApp({}, { secretBox: box });
});
afterAll(() => api.close());
beforeEach(async () => {
  for (const bot of api.registry.list()) await api.registry.remove(bot.bot_id);
});

async function send(method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object, to = app) {
  const answer = await to.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  return { statusCode: answer.statusCode, text: answer.body, body: answer.json() };
}

test('a bot is made with forwarding and a token, and nothing secret of them is shown or kept in clear', async () => {
  const secrets = ['forward-secret-1', 'pass-word-1', BOT_TOKEN];
  const created = await send('POST', '/api/bots', {
    name: 'A',
    bot_id: 'a',
    forward: { url: 'https://user:pass-word-1@bot.example.com/hook', secret: secrets[0] },
    bot_token: BOT_TOKEN,
  });
  expect(created.statusCode).toBe(201);
  expect(created.body).toMatchObject({
    forward: { url: URL_OF_BOT, has_secret: true, has_credentials: true, max_connections: 40 },
    has_bot_token: true,
  });
  const changed = await send('PATCH', '/api/bots/a', {
    forward: { secret: 'forward-secret-2', max_connections: 3, paused: true },
  });
  expect(changed.body).toMatchObject({
    forward: { url: URL_OF_BOT, has_secret: true, max_connections: 3, paused: true },
    has_bot_token: true,
  });
  const shown = await send('GET', '/api/bots/a');
  expect(Value.Check(BotDetailsSchema, shown.body)).toBe(true);
  expect((await send('GET', '/api/bots')).body.bots).toMatchObject([{ has_bot_token: true }]);

  const bot = api.registry.get('a');
  expect(box.open(bot?.bot_token ?? '', 'a', 'bot_token')).toBe(BOT_TOKEN);
  expect(box.open(bot?.forward?.secret ?? '', 'a', 'forward.secret')).toBe('forward-secret-2');
  const credentials = bot?.forward?.credentials ?? '';
  expect(box.open(credentials, 'a', 'forward.credentials')).toBe('user:pass-word-1');
  const known = [created.text, changed.text, shown.text, await everythingOn(BOTS_TOPIC)];
  // The user info of the URL is an untyped part of it, so the audit has to hide it by itself.
  known.push(await everythingOn(AUDIT_TOPIC));
  for (const secret of [...secrets, 'forward-secret-2']) {
    expect(known.join('\n')).not.toContain(secret);
  }
});

test('a bot token in the URL is shown nowhere, and stays when the shown URL is sent back', async () => {
  const whole = `https://bot.example.com/${BOT_TOKEN}`;
  const created = await send('POST', '/api/bots', {
    name: 'A',
    bot_id: 'a',
    forward: { url: whole },
  });
  const { url } = created.body.forward;
  expect(url).toBe('https://bot.example.com/123456:***');
  const changed = await send('PATCH', '/api/bots/a', { forward: { url, paused: true } });
  expect(changed.body.forward).toMatchObject({ url, paused: true });
  const sealed = api.registry.get('a')?.forward?.sealed_url ?? '';
  expect(box.open(sealed, 'a', 'forward.url')).toBe(whole);
  const refused = await send('PATCH', '/api/bots/a', { forward: { url: `${url}/x` } });
  expect(refused.statusCode).toBe(400);
  expect(refused.body.details).toMatchObject([
    { field: 'forward.url', message: expect.stringMatching(/Send the whole URL/) },
  ]);
  const known = [created.text, changed.text, (await send('GET', '/api/bots')).text];
  known.push(await everythingOn(BOTS_TOPIC), await everythingOn(AUDIT_TOPIC));
  expect(known.join('\n')).not.toContain(BOT_TOKEN.split(':')[1]);
});

test('its health says how it gets its updates, and null ends it', async () => {
  await send('POST', '/api/bots', { name: 'A', bot_id: 'a', forward: { url: URL_OF_BOT } });
  const mode = async () => (await send('GET', '/api/health/webhook/a')).body.delivery_mode;
  expect(await mode()).toBe('forward');
  const ended = await send('PATCH', '/api/bots/a', { forward: null });
  expect(ended.body.forward).toBeNull();
  expect(await mode()).toBe('webhook');
});

test('what cannot be forwarded to is refused, with the field', async () => {
  await send('POST', '/api/bots', { name: 'A', bot_id: 'a' });
  const details = async (forward: object) => {
    const { statusCode, body } = await send('PATCH', '/api/bots/a', { forward });
    expect(statusCode).toBe(400);
    return body.details;
  };
  expect(await details({ paused: true })).toMatchObject([{ field: 'forward.url' }]);
  expect(await details({ url: 'ftp://a' })).toMatchObject([{ field: 'forward.url' }]);
  expect(await details({ url: URL_OF_BOT, colour: 1 })).toMatchObject([
    { message: expect.stringMatching(/^Unknown field "forward.colour"/) },
  ]);
  expect(api.registry.get('a')).not.toHaveProperty('forward');
});

test('a process without a key takes forwarding, but no secrets', async () => {
  const keyless = api.openApp();
  await send('POST', '/api/bots', { name: 'A', bot_id: 'a' }, keyless);
  const plain = await send('PATCH', '/api/bots/a', { forward: { url: URL_OF_BOT } }, keyless);
  expect(plain.statusCode).toBe(200);
  for (const change of [{ bot_token: BOT_TOKEN }, { forward: { secret: 's' } }]) {
    const refused = await send('PATCH', '/api/bots/a', change, keyless);
    expect(refused.statusCode).toBe(409);
    expect(refused.body.error).toMatch(/SECRETS_KEY is not set/);
  }
});

async function everythingOn(topic: string): Promise<string> {
  const parts: string[] = [];
  const follower = await api.deps.log.follow({
    topic,
    onMessage: ({ value }) => parts.push(Buffer.from(value ?? []).toString('utf8')),
  });
  await follower.caughtUp;
  await follower.close();
  expect(parts).not.toEqual([]);
  return parts.join('\n');
}
