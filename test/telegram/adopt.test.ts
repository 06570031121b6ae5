/** Adopting a bot, and releasing it, at the stand-in of Telegram: what it is told, and what it then does. */
import { AdoptionSchema } from '@hookpulse/api/adoption';
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import { AUDIT_TOPIC, BOTS_TOPIC } from '@hookpulse/event-log/topics';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import { type AdoptionRig, openAdoptionRig } from './support/adoption-rig.ts';
import { startWebhookReceiver, type WebhookReceiver } from './support/webhook-receiver.ts';

const BOT_SECRET = 'what-the-bot-expects';
const PASSWORD = 'of-the-proxy-before-the-bot';
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

let rig: AdoptionRig;
let receiver: WebhookReceiver;
let bot: StandInBot;
let names = 0;

beforeAll(async () => {
  rig = await openAdoptionRig();
});
afterAll(() => rig.close());

beforeEach(async () => {
  receiver = await startWebhookReceiver();
  receiver.answerWith(({ headers }, response) => {
    response.writeHead(headers[SECRET_HEADER] === BOT_SECRET ? 200 : 401).end();
  });
  names += 1;
  bot = rig.telegram.addBot(`shop_bot_${names}`);
});
afterEach(async () => {
  rig.telegram.observe(null);
  bot.close();
  await receiver.close();
});

const username = () => bot.identity.username;
const ingestWebhook = () => `${rig.ingestUrl}/webhook/${username()}`;
const ownWebhook = () => `${receiver.url}/hook`;
const adopt = (body: object = {}) =>
  rig.post('/api/bots/adopt', {
    bot_token: bot.identity.token,
    forward_secret: BOT_SECRET,
    ...body,
  });
/** The answer where it succeeds, in the API's own form. */
const adoption = async (body?: object) => Value.Parse(AdoptionSchema, (await adopt(body)).body);
/** At once: no forwarder runs here. */
const release = (body: object = {}) =>
  rig.post(`/api/bots/${username()}/release`, { wait: false, ...body });

/** As the bot's own program does. */
async function setWebhook(settings: object = {}): Promise<void> {
  const api = createBotApi({ apiUrl: rig.telegram.url, token: bot.identity.token });
  const wanted = { url: ownWebhook(), secret_token: BOT_SECRET, ...settings };
  await until('the webhook to be set', async () => (await api.setWebhook(wanted)).kind === 'ok');
}

function message(chatId = 1) {
  return { message_id: 1, date: Math.floor(Date.now() / 1_000), chat: { id: chatId }, text: 'Hi' };
}

const countOf = (method: string) =>
  bot.calls.filter((call) => call.method.toLowerCase() === method.toLowerCase()).length;

describe('a bot with a webhook', () => {
  beforeEach(() => setWebhook({ max_connections: 7, allowed_updates: ['message', 'chat_member'] }));

  test('is registered under its username, and Telegram delivers to ingest', async () => {
    const { statusCode, body } = await adopt();
    expect({ statusCode, body }).toEqual({
      statusCode: 200,
      body: {
        bot_id: username(),
        bot_name: username(),
        dry_run: false,
        webhook_url: ingestWebhook(),
        forward_url: ownWebhook(),
        pending_update_count: 0,
        steps: ['bot', 'registry', 'ingest', 'webhook', 'test_update'].map((step) => ({
          step,
          outcome: 'done',
          text: expect.any(String),
        })),
        warnings: [],
        test_update_id: 0,
      },
    });
    expect(bot.webhook).toMatchObject({ url: ingestWebhook(), maxConnections: 7 });
    expect(bot.webhookInfo().allowed_updates).toEqual(['message', 'chat_member']);
    expect(rig.api.registry.get(username())?.forward).toMatchObject({
      url: ownWebhook(),
      max_connections: 7,
    });
    const updateId = bot.send('message', message());
    await until('ingest to accept the update', () => bot.delivered.includes(updateId ?? 0));
    expect(bot.webhookInfo()).not.toHaveProperty('last_error_message');
  });

  test('keeps what is pending, and drops nothing', async () => {
    receiver.answerWith(({ updateId }, response) => {
      response.writeHead(updateId === 0 ? 200 : 500).end();
    });
    const sent = [1, 2, 3].map((chat) => bot.send('message', message(chat)));
    await until('a failure', () => bot.webhookInfo().last_error_message);
    expect((await adoption()).pending_update_count).toBe(3);
    await until('ingest to accept them', () => bot.pendingCount === 0);
    expect(bot.delivered.toSorted()).toEqual(sent);
  });

  test('a dry run changes nothing, and says what would happen', async () => {
    const calls = bot.calls.length;
    const plan = await adoption({ dry_run: true });
    expect(plan).toMatchObject({ dry_run: true, webhook_url: ingestWebhook() });
    expect(plan.steps.map(({ outcome }) => outcome)).toEqual(Array(5).fill('planned'));
    expect(plan.steps[1]?.text).toContain('at most 7 at once');
    expect(bot.calls.slice(calls).map(({ method }) => method)).toEqual(['getMe', 'getWebhookInfo']);
    expect(rig.api.registry.get(username())).toBeUndefined();
    expect(receiver.deliveries).toEqual([]);
  });

  test('may be adopted again: the secret stays, and nothing else changes', async () => {
    await adopt();
    const [record, webhook] = [rig.api.registry.get(username()), bot.webhook];
    const again = await adopt({ forward_secret: undefined });
    expect(again.statusCode).toBe(200);
    expect(Value.Parse(AdoptionSchema, again.body).steps).toMatchObject([
      { outcome: 'done' },
      { step: 'registry', outcome: 'unchanged' },
      { outcome: 'done' },
      { step: 'webhook', outcome: 'unchanged' },
      { outcome: 'done' },
    ]);
    expect(rig.api.registry.get(username())).toEqual(record);
    expect(bot.webhook).toEqual(webhook);
  });

  test('keeps the connections that an operator has set since', async () => {
    const connections = () => rig.api.registry.get(username())?.forward?.max_connections;
    const forward = { url: ownWebhook(), max_connections: 3 };
    await rig.post('/api/bots', { name: 'By hand', bot_id: username(), forward });
    await adopt();
    expect(connections()).toBe(3);
    await release();
    expect(bot.webhook?.maxConnections).toBe(7);
    await adopt();
    expect(connections()).toBe(3);
    // Another webhook, and its own settings.
    await setWebhook({ url: `${receiver.url}/moved`, max_connections: 5 });
    await adopt();
    expect(connections()).toBe(5);
  });

  test('has its connections where it was registered without them', async () => {
    const forward = { url: ownWebhook() };
    await rig.post('/api/bots', { name: 'By hand', bot_id: username(), forward });
    await adopt();
    expect(rig.api.registry.get(username())?.forward?.max_connections).toBe(7);
  });

  test('gets its own webhook back, with its secret and connections, once and again', async () => {
    const before = bot.webhook;
    await adopt();
    expect(await release({ dry_run: true })).toMatchObject({ body: { outcome: 'planned' } });
    expect(bot.webhook?.url).toBe(ingestWebhook());
    expect(await release()).toMatchObject({
      statusCode: 200,
      body: { outcome: 'done', webhook_url: ownWebhook(), warnings: [] },
    });
    expect(bot.webhook).toEqual(before);
    expect(bot.webhookInfo().allowed_updates).toEqual(['message', 'chat_member']);
    expect(await release()).toMatchObject({ statusCode: 200, body: { outcome: 'unchanged' } });
    const updateId = bot.send('message', message());
    await until('the bot to get it', () => bot.delivered.includes(updateId ?? 0));
    expect(receiver.deliveries.at(-1)).toMatchObject({ updateId });
    expect(await adopt()).toMatchObject({ statusCode: 200 });
    expect(bot.webhook?.url).toBe(ingestWebhook());
  });

  test('that another program has pointed elsewhere is left there when it is released', async () => {
    await adopt();
    await setWebhook({ url: `${receiver.url}/elsewhere` });
    expect(await release()).toMatchObject({
      body: { outcome: 'skipped', webhook_url: `${receiver.url}/elsewhere` },
    });
    expect(bot.webhook?.url).toBe(`${receiver.url}/elsewhere`);
  });

  test('is given a webhook again when it was deleted', async () => {
    await adopt();
    await createBotApi({ apiUrl: rig.telegram.url, token: bot.identity.token }).deleteWebhook();
    expect(await adopt()).toMatchObject({ statusCode: 200 });
    expect(bot.webhook).toMatchObject({ url: ingestWebhook(), maxConnections: 7 });
    expect(rig.api.registry.get(username())?.forward?.url).toBe(ownWebhook());
    await createBotApi({ apiUrl: rig.telegram.url, token: bot.identity.token }).deleteWebhook();
    expect(await release()).toMatchObject({ body: { outcome: 'done' } });
    expect(bot.webhook).toMatchObject({ url: ownWebhook(), maxConnections: 7 });
  });

  test('adopted at an earlier address of ingest moves to the present one', async () => {
    await adopt();
    const elsewhere = `http://localhost:${new URL(rig.ingestUrl).port}`;
    const path = '/api/bots/adopt';
    const moved = await rig.post(path, { bot_token: bot.identity.token }, elsewhere);
    expect(moved).toMatchObject({ statusCode: 200, body: { forward_url: ownWebhook() } });
    expect(bot.webhook?.url).toBe(`${elsewhere}/webhook/${username()}`);
  });

  test('with an own webhook that looks like one of ingest is not taken for adopted when it moves', async () => {
    const [before, after] = ['', '/moved'].map(
      (folder) => `${receiver.url}${folder}/webhook/${username()}`,
    );
    await setWebhook({ url: before });
    expect((await adoption()).forward_url).toBe(before);
    await setWebhook({ url: after });
    expect(await release()).toMatchObject({ body: { outcome: 'skipped', webhook_url: after } });
    await setWebhook({ url: before });
    await adoption();
    await setWebhook({ url: after });
    expect((await adoption()).forward_url).toBe(after);
  });

  test('keeps its secret when an operator has replaced that of ingest', async () => {
    await adopt();
    await rig.post(`/api/bots/${username()}/rotate-secret`, { grace_minutes: 0 });
    expect(await adopt()).toMatchObject({ statusCode: 200 });
    const updateId = bot.send('message', message());
    await until('ingest to accept it', () => bot.delivered.includes(updateId ?? 0));
  });

  test('takes up a bot that is registered already, with its name', async () => {
    await rig.post('/api/bots', { name: 'My shop', bot_id: username(), enabled: false });
    expect((await adopt()).body).toMatchObject({ bot_name: 'My shop' });
    expect(rig.api.registry.get(username())).toMatchObject({ name: 'My shop', enabled: true });
  });

  test('waits when Telegram asks for it', async () => {
    let refusals = 2;
    rig.telegram.observe(({ method, phase }) => {
      if (method !== 'setWebhook' || phase === 'after' || refusals-- <= 0) return undefined;
      return { errorCode: 429, description: 'Too Many Requests: retry after 1', retryAfter: 1 };
    });
    expect(await adopt()).toMatchObject({ statusCode: 200 });
    expect(bot.webhook?.url).toBe(ingestWebhook());
  });

  test('and where Telegram asks for much, the caller is told', async () => {
    rig.telegram.observe(({ method }) =>
      method === 'setWebhook'
        ? { errorCode: 429, description: 'Too Many Requests: retry after 300', retryAfter: 300 }
        : undefined,
    );
    expect(await adopt()).toMatchObject({
      statusCode: 503,
      body: { error: 'Telegram asks to wait 300 s. Try again then.' },
    });
    expect(bot.webhook?.url).toBe(ownWebhook());
  });

  test('the bot token and secrets are in no answer, no audit entry and no record', async () => {
    const { id, token } = bot.identity;
    const [place, own] = [new URL(ownWebhook()), new URL(ownWebhook())];
    place.pathname = `/${id}:***`;
    Object.assign(own, { username: 'shop', password: PASSWORD, pathname: `/${token}` });
    await setWebhook({ url: own.href });
    const adopted = await adopt();
    expect(adopted.body).toMatchObject({ forward_url: place.href, warnings: [] });
    const secrets = [token, PASSWORD, BOT_SECRET, bot.webhook?.secret ?? 'none'];
    const released = await release();
    expect(released.body).toMatchObject({ webhook_url: place.href });
    expect(bot.webhook?.url).toBe(own.href);
    const answers = JSON.stringify([adopted, released]);
    const kept = await Promise.all([AUDIT_TOPIC, BOTS_TOPIC].map(textOf));
    for (const text of kept) expect(text).toContain(username());
    for (const secret of secrets) {
      for (const text of [answers, ...kept]) expect(text).not.toContain(secret);
    }
  });
});

describe('is refused, and changes nothing', () => {
  const untouched = (url = ownWebhook()) => {
    expect(bot.webhook?.url ?? '').toBe(url);
    expect(rig.api.registry.get(username())).toBeUndefined();
  };

  test('a wrong token', async () => {
    await setWebhook();
    rig.telegram.revoke(bot);
    expect(await adopt()).toMatchObject({
      statusCode: 400,
      body: { error: expect.stringMatching(/^Telegram does not know this bot token/) },
    });
    expect(await adopt({ bot_token: 'none' })).toMatchObject({ statusCode: 400 });
    untouched();
  });

  test('a bot without a webhook', async () => {
    expect(await adopt()).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringContaining('has no webhook') },
    });
    untouched('');
  });

  test('without INGEST_URL', async () => {
    await setWebhook();
    const body = { bot_token: bot.identity.token, forward_secret: BOT_SECRET };
    expect(await rig.post('/api/bots/adopt', body, null)).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringMatching(/^INGEST_URL is not set/) },
    });
    untouched();
  });

  test.each([
    [{ forward_secret: undefined }, /refuses an update without its secret \(401\)/],
    [{ forward_secret: 'wrong' }, /refuses this secret \(401\)/],
  ])('a bot that refuses %j', async (body, sentence) => {
    await setWebhook();
    expect(await adopt(body)).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringMatching(sentence) },
    });
    untouched();
  });

  test('a bot whose webhook leads to an address that is never forwarded to', async () => {
    await setWebhook({ url: 'http://169.254.169.254/hook' });
    expect(await adopt()).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringContaining('may not be forwarded to this host') },
    });
    untouched('http://169.254.169.254/hook');
  });

  test('a bot that cannot be reached from here', async () => {
    await setWebhook({ url: 'http://127.0.0.1:9/hook' });
    expect(await adopt()).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringContaining('cannot reach the bot') },
    });
    untouched('http://127.0.0.1:9/hook');
  });

  test.each([
    ['knows it', true],
    ['has removed it', false],
  ])('a bot at another Hookpulse, which %s', async (_, isKnown) => {
    const other = await rig.startOtherIngest(isKnown ? testBot(username()) : undefined);
    await setWebhook({ url: `${other}/webhook/${username()}` });
    expect(await adopt()).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringMatching(/^Another Hookpulse has this bot/) },
    });
    untouched(`${other}/webhook/${username()}`);
  });

  test('a bot_id of another Telegram bot', async () => {
    await setWebhook();
    await adopt({ bot_id: 'taken' });
    const first = bot;
    names += 1;
    bot = rig.telegram.addBot(`shop_bot_${names}`);
    await setWebhook();
    expect(await adopt({ bot_id: 'taken' })).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringContaining('belongs to another Telegram bot') },
    });
    untouched();
    first.close();
  });

  test('a bot that delivers here already, and whose own webhook is not known', async () => {
    await rig.post('/api/bots', { name: 'Consumed', bot_id: username() });
    await setWebhook({ url: ingestWebhook() });
    expect(await adopt()).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringContaining('to this Hookpulse already') },
    });
  });
});

test('where INGEST_URL leads elsewhere, Telegram goes on delivering to the bot', async () => {
  await setWebhook();
  const body = { bot_token: bot.identity.token, forward_secret: BOT_SECRET };
  for (const ingestUrl of [receiver.url, 'http://127.0.0.1:9', 'http://nowhere.invalid']) {
    const answer = await rig.post('/api/bots/adopt', body, ingestUrl);
    expect(answer).toMatchObject({
      statusCode: 409,
      body: { error: expect.stringContaining('Telegram still delivers to the bot itself') },
    });
    expect(bot.webhook?.url).toBe(ownWebhook());
  }
});

test('without the check neither the bot nor INGEST_URL is tried', async () => {
  await setWebhook();
  // More than one, when the first answer was late.
  const ofTheBot = countOf('setWebhook');
  const { steps } = await adoption({ check: false, forward_secret: undefined });
  expect(steps.map(({ outcome }) => outcome)).toEqual([
    'skipped',
    'done',
    'skipped',
    'done',
    'skipped',
  ]);
  expect(receiver.deliveries).toEqual([]);
  expect(countOf('setWebhook')).toBe(ofTheBot + 1);
});

test('a bot that does not answer to empty updates is adopted with a warning', async () => {
  receiver.answerWith((_, response) => response.writeHead(500).end());
  await setWebhook();
  const { body } = await adopt();
  expect(body).toMatchObject({
    test_update_id: null,
    warnings: [expect.stringMatching(/^The bot answered 500/)],
  });
});

test('only what was adopted is released', async () => {
  expect(await release()).toMatchObject({ statusCode: 404 });
  await rig.post('/api/bots', { name: 'Consumed', bot_id: username() });
  expect(await release()).toMatchObject({
    statusCode: 409,
    body: { error: expect.stringContaining('was not adopted') },
  });
});

async function textOf(topic: string): Promise<string> {
  const parts: string[] = [];
  const follower = await rig.api.deps.log.follow({
    topic,
    onMessage: ({ value }) => parts.push(Buffer.from(value ?? []).toString('utf8')),
  });
  await follower.caughtUp;
  await follower.close();
  return parts.join('\n');
}
