/** A release keeps the order of updates: what ingest has accepted goes to the bot before Telegram does. */
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { type RunningForwarder, runForwarder } from '@hookpulse/forwarder/run';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type AdoptionRig, openAdoptionRig } from './support/adoption-rig.ts';
import { startWebhookReceiver, type WebhookReceiver } from './support/webhook-receiver.ts';

const UPDATES = 30;

let rig: AdoptionRig;
let receiver: WebhookReceiver;
let forwarder: RunningForwarder;
let bot: StandInBot;
let isDown = false;
let names = 0;

beforeAll(async () => {
  rig = await openAdoptionRig();
  const { registry, deps } = rig.api;
  forwarder = await runForwarder({
    log: deps.log,
    registry,
    secretBox: rig.secretBox,
    logger: silentLogger,
    clock: systemClock,
    timeoutMs: 5_000,
    allowedHosts: [],
    telegramApiUrl: rig.telegram.url,
  });
});
afterAll(async () => {
  await forwarder?.close();
  await rig?.close();
});

beforeEach(async () => {
  isDown = false;
  receiver = await startWebhookReceiver();
  receiver.answerWith((_, response) => response.writeHead(isDown ? 503 : 200).end());
  names += 1;
  bot = rig.telegram.addBot(`leaving_bot_${names}`);
  const api = createBotApi({ apiUrl: rig.telegram.url, token: bot.identity.token });
  await api.setWebhook({ url: ownWebhook() });
  const adopted = await rig.post('/api/bots/adopt', { bot_token: bot.identity.token });
  expect(adopted).toMatchObject({ statusCode: 200, body: { warnings: [] } });
  await until('the empty update', () => receiver.deliveries.length === 2);
  receiver.deliveries.splice(0);
});
afterEach(async () => {
  bot.close();
  await receiver.close();
});

const ownWebhook = () => `${receiver.url}/hook`;
const ingestWebhook = () => `${rig.ingestUrl}/webhook/${bot.identity.username}`;
const pathOf = (what: string) => `/api/bots/${bot.identity.username}/${what}`;
const release = (body: object = {}) => rig.post(pathOf('release'), body);

/** Of one chat, whose updates must stay in order. */
function send(count = UPDATES): number[] {
  return Array.from({ length: count }, (_, index) => {
    const date = Math.floor(Date.now() / 1_000);
    return bot.send('message', { message_id: index, date, chat: { id: 1 }, text: 'Hi' }) ?? 0;
  });
}

/** In order of their arrival. */
const taken = () => receiver.deliveries.map(({ updateId }) => updateId);

async function setPaused(paused: boolean): Promise<void> {
  const { registry } = rig.api;
  const known = registry.get(bot.identity.username);
  if (!known?.forward) throw new Error('it is not forwarded');
  await registry.put({ ...known, forward: { ...known.forward, paused } });
}

async function untilReleased(): Promise<void> {
  await until('the release', async () => (await release()).statusCode === 200, 120_000);
}

test('Telegram delivers directly only once the bot has everything from here', async () => {
  isDown = true;
  const early = send();
  await until('ingest to have them', () => bot.pendingCount === 0);
  await until('a failure', () => receiver.deliveries.length > 0);
  const waiting = await release();
  expect(waiting).toMatchObject({ statusCode: 202, body: { outcome: 'waiting', dry_run: false } });
  expect(bot.webhook?.url).toBe(ingestWebhook());
  // Ingest takes no more of it, and Telegram keeps these.
  const late = send();
  await until('a refusal', () => bot.webhookInfo().last_error_message);
  expect(bot.webhookInfo().last_error_message).toContain('503');
  receiver.deliveries.splice(0);
  isDown = false;
  await untilReleased();
  expect(bot.webhook?.url).toBe(ownWebhook());
  await until('all updates', () => taken().length >= 2 * UPDATES);
  expect(taken()).toEqual([...early, ...late]);
  expect(rig.api.registry.get(bot.identity.username)).toMatchObject({ enabled: false });
});

test('a release that is not brought to an end holds nothing up', async () => {
  isDown = true;
  send(1);
  await until('a failure', () => receiver.deliveries.length > 0);
  expect(await release()).toMatchObject({ statusCode: 202, body: { outcome: 'waiting' } });
  send(1);
  await until('a refusal', () => bot.webhookInfo().last_error_message);
  // As after a kill: nobody goes on with it.
  await until('ingest to take updates again', () => bot.pendingCount === 0, 60_000);
  expect(bot.webhook?.url).toBe(ingestWebhook());
});

test('without waiting Telegram delivers at once, and the rest follows', async () => {
  isDown = true;
  const [early = 0] = send(1);
  await until('a failure', () => receiver.deliveries.length > 0);
  expect(await release({ wait: false })).toMatchObject({ body: { outcome: 'done' } });
  expect(bot.webhook?.url).toBe(ownWebhook());
  isDown = false;
  const [late = 0] = send(1);
  await until('both', () => taken().includes(late) && taken().lastIndexOf(early) > 0);
});

test('a bot whose forwarding is paused is not waited for', async () => {
  await setPaused(true);
  const status = () => rig.api.forwarding.get(bot.identity.username);
  await until('the forwarder to know it', () => status()?.state === 'paused');
  send(1);
  await until('the backlog', () => status()?.backlog === 1);
  expect(await release()).toMatchObject({
    statusCode: 409,
    body: { error: expect.stringMatching(/is paused, and 1 update waits\. Resume it first/) },
  });
  expect(bot.webhook?.url).toBe(ingestWebhook());
  await setPaused(false);
  await untilReleased();
});
