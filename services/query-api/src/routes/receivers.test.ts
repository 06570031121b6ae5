/** Receivers over HTTP: secrets go in, nothing shows them, and a test says what became of it. */
import { join } from 'node:path';
import { type StandInReceiver, startStandIn } from '@hookpulse/channels/testing/stand-in-receiver';
import { STAND_IN_CHANNELS } from '@hookpulse/channels/testing/stand-ins';
import { shownReceiver } from '@hookpulse/common/alerts/receiver';
import { createSecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret } from '@hookpulse/common/values/secrets';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestToken } from '../testing/access.ts';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '../testing/open-test-query-api.ts';
import { type JsonSender, jsonSender } from '../testing/send-json.ts';

const FLEET = '/api/alert-settings';
const TEST = '/api/alerts/test';
const SLACK = 'slack://hooks.slack.com/services/T0/B0/hidden-part';
const CHAT = 'telegram://-100123';

const secretBox = createSecretBox(randomSecret());
let api: TestQueryApi;
let send: JsonSender;
let sendWithoutKey: JsonSender;
let slack: StandInReceiver;
let slackUrl: string;

beforeAll(async () => {
  api = await openTestQueryApi(Date.parse('2026-02-10T20:00:00Z'));
});
afterAll(() => api.close());
beforeEach(async () => {
  const channel = STAND_IN_CHANNELS.find(({ name }) => name === 'slack');
  if (!channel) throw new Error('there is no such channel');
  slack = await startStandIn(channel.protocol);
  slackUrl = channel.receiver(slack);
  api.clock.nowMs += 60_000;
  const sending = {
    mail: {
      smtpUrl: null,
      outboxDir: join(import.meta.filename, 'is-no-folder'),
      from: 'a@example.com',
    },
    channels: {
      allowedHosts: ['127.0.0.1'],
      telegramApiUrl: slack.url,
      pagerDutyApiUrl: slack.url,
      botToken: null,
      webhookSecret: null,
    },
  };
  send = jsonSender(api.openApp({ sending }, { secretBox }));
  sendWithoutKey = jsonSender(api.openApp({ sending }));
  await api.controls.putOverrides({});
  for (const { bot_id } of api.registry.list()) await api.registry.remove(bot_id);
  await send('POST', '/api/bots', { name: 'A', bot_id: 'a' });
});
afterEach(() => slack.close());

describe('receivers', () => {
  test('of all bots are shown without secrets, and stay when they are sent back', async () => {
    const set = await send('PATCH', FLEET, { receivers: ['ops@example.com', SLACK, CHAT] });
    const shown = ['ops@example.com', shownReceiver(SLACK), CHAT];
    expect(set.body).toMatchObject({ overrides: { receivers: shown } });
    expect(set.body.effective.receivers).toEqual(shown);
    const before = api.controls.overrides;
    await send('PATCH', FLEET, { receivers: [...shown, 'dev@example.com'] });
    expect(api.controls.overrides.channels).toEqual(before.channels);
    const everything = JSON.stringify([
      set.body,
      api.controls.overrides,
      (await send('GET', '/api/audit')).body,
    ]);
    expect(everything).not.toContain('hidden-part');
    expect(everything).toContain(shownReceiver(SLACK));
  });

  test('of one bot, too', async () => {
    const alerts = { receivers: [SLACK] };
    const changed = await send('PATCH', '/api/bots/a', { alerts });
    expect(changed.body.alerts).toEqual({ receivers: [shownReceiver(SLACK)] });
    expect(changed.body.effective_alerts.receivers).toEqual([shownReceiver(SLACK)]);
    const made = await send('POST', '/api/bots', { name: 'B', bot_id: 'b', alerts });
    expect(made.statusCode).toBe(201);
    expect(JSON.stringify([changed.body, made.body, api.registry.list()])).not.toContain('hidden');
    const none = await send('PATCH', '/api/bots/a', { alerts: { receivers: null } });
    expect(none.body.alerts).toEqual({});
  });

  test.each([
    [['pagerduty://short'], 'receivers.0', '32 letters and digits'],
    [['ops@example.com', 'ftp://x'], 'receivers.1', 'a mail address, or a URL'],
    [['https://example.com/x'], 'receivers.0', 'ALERT_WEBHOOK_SECRET'],
    [['slack://hooks.slack.com/***-0123abcd'], 'receivers.0', 'Send the whole URL'],
  ])('%j cannot be set, and it says why', async (receivers, field, words) => {
    const fleet = await send('PATCH', FLEET, { receivers });
    expect(fleet.statusCode).toBe(400);
    expect(fleet.body.details[0]).toMatchObject({
      field,
      message: expect.stringContaining(words),
    });
    const bot = await send('PATCH', '/api/bots/a', { alerts: { receivers } });
    expect(bot.body.details[0].field).toBe(`alerts.${field}`);
  });

  test('of one bot are not sent by a bot that the token is not for', async () => {
    const { token } = await createTestToken(api, { scope: 'write', bots: ['a'] });
    const app = api.openApp({ tokens: { admin: 'admin-token', read: null } });
    const set = (receiver: string) =>
      jsonSender(app, token)('PATCH', '/api/bots/a', { alerts: { receivers: [receiver] } });
    const refused = await set(`${CHAT}?bot=b`);
    expect(refused.statusCode).toBe(400);
    expect(refused.body.details[0].field).toBe('alerts.receivers.0');
    expect((await set(`${CHAT}?bot=a`)).statusCode).toBe(200);
  });

  test('with secrets need a key', async () => {
    const refused = await sendWithoutKey('PATCH', FLEET, { receivers: [SLACK] });
    expect(refused).toMatchObject({ statusCode: 409 });
    expect(refused.body.error).toContain('SECRETS_KEY');
    expect((await sendWithoutKey('PATCH', FLEET, { receivers: [CHAT] })).statusCode).toBe(200);
  });
});

describe('a test notification', () => {
  test('arrives, and says what was answered', async () => {
    const { statusCode, body } = await send('POST', TEST, { receiver: slackUrl });
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({
      receiver: shownReceiver(slackUrl),
      result: 'taken',
      detail: `${slack.host} answered 200 "ok"`,
    });
    expect(slack.taken).toHaveLength(1);
  });

  test('goes to a receiver that is set, by its short form', async () => {
    await send('PATCH', '/api/bots/a', { alerts: { receivers: [slackUrl] } });
    const receiver = shownReceiver(slackUrl);
    expect((await send('POST', TEST, { receiver })).body).toMatchObject({ result: 'taken' });
    const unknown = await send('POST', TEST, { receiver: 'slack://x.example/***-0123abcd' });
    expect(unknown).toMatchObject({ statusCode: 400, body: { details: [{ field: 'receiver' }] } });
  });

  test('says what went wrong in words', async () => {
    slack.next.push({ status: 404, body: 'no_service' });
    expect((await send('POST', TEST, { receiver: slackUrl })).body).toMatchObject({
      result: 'refused',
      detail: `${slack.host} answered 404 "no_service"`,
    });
    expect((await send('POST', TEST, { receiver: CHAT })).body).toMatchObject({
      result: 'not_now',
      detail: expect.stringContaining('ALERT_BOT_TOKEN'),
    });
    const mail = await send('POST', TEST, { receiver: 'ops@example.com' });
    expect(mail.body).toMatchObject({ result: 'not_now', receiver: 'ops@example.com' });
    const wrong = await send('POST', TEST, { receiver: 'pigeon://home' });
    expect(wrong.body.details[0].message).toContain('receiver must be a mail address, or a URL');
  });

  test('is for administrators, ten a minute', async () => {
    const reader = jsonSender(api.openApp({}), TEST_TOKENS.read);
    expect((await reader('POST', TEST, { receiver: slackUrl })).statusCode).toBe(403);
    const codes: number[] = [];
    for (let left = 11; left > 0; left -= 1) {
      codes.push((await send('POST', TEST, { receiver: slackUrl })).statusCode);
    }
    expect(codes.filter((code) => code === 200)).toHaveLength(10);
    expect(codes.at(-1)).toBe(429);
  });
});
