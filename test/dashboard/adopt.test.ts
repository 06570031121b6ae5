/** A bot that exists is adopted and released in the dashboard, at a stand-in of Telegram. */
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import { until } from '@hookpulse/common/testing/until';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import {
  type StandInTelegram,
  startStandInTelegram,
} from '@hookpulse/traffic/telegram/stand-in-telegram';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { freePort } from '../kafka-broker/free-port.ts';
import { describeInBrowser } from '../setup/requirements.ts';
import {
  startWebhookReceiver,
  type WebhookReceiver,
} from '../telegram/support/webhook-receiver.ts';
import { tabTo, waitForFocus } from './support/keyboard.ts';
import { type Dashboard, openDashboard, TOKENS } from './support/open-dashboard.ts';
import { cutOffAt } from './support/phone.ts';

const SECRET = 'what-the-bot-expects';
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';
/** The narrowest that WCAG asks for (1.4.10). */
const NARROW = { viewport: { width: 320, height: 640 } };
/** The browser tells of every refused request on its console. */
const REFUSED = /40[09]/;
/** A second of Telegram's lasts so many milliseconds. */
const SECOND_MS = 20;
/** The bot and ingest are tried, and the empty update goes through. */
const PATIENCE = { timeout: 60_000 };

describeInBrowser('adopting a bot', (browserAddress) => {
  let telegram: StandInTelegram;
  let dashboard: Dashboard;
  let receiver: WebhookReceiver;
  let bot: StandInBot;
  let ingestUrl: string;
  let names = 0;

  beforeAll(async () => {
    telegram = await startStandInTelegram({ timing: { secondMs: SECOND_MS } });
    const port = await freePort();
    ingestUrl = `http://127.0.0.1:${port}`;
    dashboard = await openDashboard(browserAddress, {
      env: { INGEST_PORT: `${port}`, INGEST_URL: ingestUrl, TELEGRAM_API_URL: telegram.url },
    });
  });
  afterAll(async () => {
    await dashboard?.close();
    await telegram?.close();
  });

  beforeEach(async () => {
    receiver = await startWebhookReceiver();
    receiver.answerWith(({ headers }, response) => {
      response.writeHead(headers[SECRET_HEADER] === SECRET ? 200 : 401).end();
    });
    names += 1;
    bot = telegram.addBot(`shop_bot_${names}`);
    await setWebhook(`${receiver.url}/hook`);
  });
  afterEach(async () => {
    await dashboard.closePages();
    bot.close();
    await receiver.close();
  });

  /** As the bot's own program does. */
  async function setWebhook(url: string): Promise<void> {
    const api = createBotApi({ apiUrl: telegram.url, token: bot.identity.token });
    const settings = { url, secret_token: SECRET };
    await until('the webhook', async () => (await api.setWebhook(settings)).kind === 'ok');
  }

  async function filledForm(page: Page, token = bot.identity.token): Promise<Locator> {
    const form = page.getByRole('dialog', { name: 'Adopt a bot' });
    await form.getByLabel('Bot token').fill(token);
    await form.getByLabel('Secret token that the bot expects').fill(SECRET);
    await form.getByRole('button', { name: 'Check' }).click();
    return form;
  }

  test('and releasing it, by the keyboard alone', async () => {
    const { username } = bot.identity;
    const { page, violations, troubles } = await dashboard.open('admin', '/bots');
    const open = page.getByRole('button', { name: 'Adopt bot' });
    await open.waitFor();
    await tabTo(page, open);
    await page.keyboard.press('Enter');
    const form = page.getByRole('dialog', { name: 'Adopt a bot' });
    await waitForFocus(form.getByLabel('Bot token'));
    expect(await violations()).toEqual([]);
    await page.keyboard.type(bot.identity.token);
    await page.keyboard.press('Tab');
    await page.keyboard.type(SECRET);
    await page.keyboard.press('Enter');
    const plan = form.getByRole('status');
    await plan.getByText(`Telegram delivers to ${ingestUrl}/webhook/${username}`).waitFor();
    expect(bot.webhook?.url).toBe(`${receiver.url}/hook`);
    expect(await violations()).toEqual([]);
    await tabTo(page, form.getByRole('button', { name: `Adopt ${username}` }));
    await page.keyboard.press('Enter');

    const done = page.getByRole('dialog', { name: `${username} is under Hookpulse` });
    await done.waitFor(PATIENCE);
    await done.getByText(/^Ingest has accepted an empty update/).waitFor();
    expect(bot.webhook?.url).toBe(`${ingestUrl}/webhook/${username}`);
    expect(await violations()).toEqual([]);
    const shown = await page.content();
    for (const secret of [bot.identity.token, SECRET]) expect(shown).not.toContain(secret);
    await tabTo(page, done.getByRole('button', { name: 'Done' }));
    await page.keyboard.press('Enter');
    await waitForFocus(open);

    await page.goto(`/bots?edit=${username}`);
    const drawer = page.getByRole('dialog', { name: username });
    const ask = drawer.getByRole('button', { name: 'Release…' });
    await ask.waitFor();
    await tabTo(page, ask);
    await page.keyboard.press('Enter');
    const question = page.getByRole('dialog', { name: `Release ${username}?` });
    await question.waitFor();
    expect(await violations()).toEqual([]);
    await tabTo(page, question.getByRole('button', { name: 'Release bot' }));
    await page.keyboard.press('Enter');
    await page.getByText(`Telegram delivers to ${receiver.url}/hook.`).waitFor(PATIENCE);
    await question.waitFor({ state: 'detached' });
    expect(bot.webhook).toMatchObject({ url: `${receiver.url}/hook`, secret: SECRET });
    expect(troubles).toEqual([]);
  });

  test('says how much is left while a release waits, and can do without', async () => {
    const { username } = bot.identity;
    const body = { bot_token: bot.identity.token, forward_secret: SECRET };
    await until('the adoption', async () => (await adminPost('/api/bots/adopt', body)).ok, 60_000);
    receiver.answerWith((_, response) => response.writeHead(503).end());
    bot.send('message', { message_id: 1, date: Date.now() / 1_000, chat: { id: 1 }, text: 'Hi' });
    const { page, violations } = await dashboard.open('admin', `/bots?edit=${username}`);
    await page.getByRole('button', { name: 'Release…' }).click();
    const question = page.getByRole('dialog', { name: `Release ${username}?` });
    await question.getByRole('button', { name: 'Release bot' }).click();
    await question.getByText(/^Waiting: \d+ updates? left to be forwarded/).waitFor(PATIENCE);
    expect(await violations()).toEqual([]);
    expect(bot.webhook?.url).toBe(`${ingestUrl}/webhook/${username}`);
    await question.getByLabel('Release at once').check();
    await page.getByText(`Telegram delivers to ${receiver.url}/hook.`).waitFor(PATIENCE);
    expect(bot.webhook?.url).toBe(`${receiver.url}/hook`);
  });

  test('says what is wrong with the token', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?add=adopt');
    const form = await filledForm(page, `${bot.identity.token}x`);
    await form
      .getByRole('alert')
      .getByText(/^Telegram does not know this bot token/)
      .waitFor();
    expect(await violations()).toEqual([]);
    await form.getByLabel('Bot token').fill('none');
    await form.getByRole('button', { name: 'Check' }).click();
    await until('the field to be marked', async () => {
      return (await form.getByLabel('Bot token').getAttribute('aria-invalid')) === 'true';
    });
    expect(await violations()).toEqual([]);
    await expectOnlyRefusals();
  });

  test('says that another Hookpulse has the bot, and changes nothing', async () => {
    receiver.answerWith((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      const error = 'The secret token is missing or wrong.';
      response.end(JSON.stringify({ status: 'error', error, details: [] }));
    });
    await refusedWith(/^Another Hookpulse has this bot/, `${receiver.url}/hook`);
  });

  test('says that the webhook of the bot does not answer, and changes nothing', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}/hook`;
    await setWebhook(nowhere);
    await refusedWith(/^Hookpulse cannot reach the bot's own webhook: connection refused/, nowhere);
  });

  function adminPost(path: string, body: object): Promise<Response> {
    return fetch(`${dashboard.urls.queryApi}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKENS.admin}` },
      body: JSON.stringify(body),
    });
  }

  async function refusedWith(sentence: RegExp, webhook: string): Promise<void> {
    const { page, violations } = await dashboard.open('admin', '/bots?add=adopt');
    const form = await filledForm(page);
    await form.getByRole('button', { name: `Adopt ${bot.identity.username}` }).click();
    await form.getByRole('alert').getByText(sentence).waitFor(PATIENCE);
    expect(await violations()).toEqual([]);
    expect(bot.webhook?.url).toBe(webhook);
    await expectOnlyRefusals();
  }

  test('fits the narrowest screen', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?add=adopt', NARROW);
    const form = await filledForm(page);
    await form
      .getByRole('status')
      .getByText(/^The bot's own webhook gets/)
      .waitFor();
    expect(await cutOffAt(page)).toEqual([]);
    await form.getByRole('button', { name: `Adopt ${bot.identity.username}` }).click();
    const done = page.getByRole('dialog', { name: /is under Hookpulse$/ });
    await done.waitFor(PATIENCE);
    expect(await cutOffAt(page)).toEqual([]);
    expect(await violations()).toEqual([]);
    await page.goto(`/bots?edit=${bot.identity.username}`);
    await page.getByRole('button', { name: 'Release…' }).click();
    await page.getByRole('dialog', { name: /^Release / }).waitFor();
    expect(await cutOffAt(page)).toEqual([]);
    expect(await violations()).toEqual([]);
  });

  async function expectOnlyRefusals(): Promise<void> {
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
  }
});
