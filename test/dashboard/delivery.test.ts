/** How updates get to a bot, and delivering them again, as its operator sees it. */
import { until } from '@hookpulse/common/testing/until';
import {
  ok,
  startTestBot,
  status,
  type TestBotServer,
} from '@hookpulse/forwarder/testing/test-bots';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { cutOffAt } from './support/phone.ts';
import { seededBot, WEBHOOK_SECRET } from './support/seed-dashboard.ts';

/** The narrowest that WCAG asks for (1.4.10). */
const NARROW = { viewport: { width: 320, height: 640 } };
/** However often it has failed meanwhile, the bot is tried again within 120 s. */
const LONGEST_WAIT_MS = 150_000;

describeInBrowser('delivery to a bot', (browserAddress) => {
  let dashboard: Dashboard;
  let bot: TestBotServer;

  beforeAll(async () => {
    bot = await startTestBot();
    bot.behave(status(502));
    const nowMs = Date.now();
    const orders = { ...seededBot('orders', 'Orders', nowMs), forward: { url: bot.url } };
    const replying = { ...seededBot('replying', 'Replying', nowMs), forward: { url: bot.url } };
    const bots = [orders, replying, seededBot('consumed', 'Consumed', nowMs)];
    dashboard = await openDashboard(browserAddress, { seed: { bots, events: [] } });
    for (const id of [1, 2]) {
      const update = { update_id: id, message: { chat: { id: 1 }, text: `order ${id}` } };
      await dashboard.client.deliver('orders', WEBHOOK_SECRET, update);
    }
  });
  afterAll(async () => {
    await dashboard?.close();
    await bot?.close();
  });
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  test('shows the backlog over time and what the bot answered, and is paused and resumed', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots/orders');
    const card = page.getByRole('region', { name: 'Delivery' });
    await card.getByText('status 502: no').waitFor();
    await card.getByRole('img', { name: /^Backlog within the last hour\. 2 now/ }).waitFor();
    await card.getByRole('img', { name: /^Age of the oldest update/ }).waitFor();
    expect(await violations()).toEqual([]);
    await card.getByRole('button', { name: 'Pause…' }).click();
    await page.getByRole('dialog', { name: 'Pause forwarding to Orders?' }).waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Pause forwarding' }).click();
    await card.getByText('Paused').waitFor();
    bot.behave(ok);
    await card.getByRole('button', { name: 'Resume' }).click();
    await until('both updates', () => bot.taken.length === 2, LONGEST_WAIT_MS);
    await card.getByText('Delivering').waitFor();
    await card.getByRole('button', { name: 'Pause…' }).waitFor();
  });

  test('delivers the updates of a span again, after it has said how many', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots/orders');
    const before = bot.taken.length;
    await page.getByRole('button', { name: 'Deliver again…' }).click();
    const form = page.getByRole('dialog', { name: 'Deliver updates to Orders again' });
    await form.getByLabel('Updates').selectOption('dead');
    await form.getByRole('button', { name: 'Count updates' }).click();
    await form.getByText('No updates match.').waitFor();
    await form.getByLabel('Updates').selectOption('all');
    await form.getByRole('button', { name: 'Count updates' }).click();
    await form.getByText('2 updates match.').waitFor();
    expect(bot.taken).toHaveLength(before);
    expect(await violations()).toEqual([]);
    await form.getByRole('button', { name: 'Deliver 2 updates again' }).click();
    await page.getByText('2 updates will be delivered again.').waitFor();
    await until('both again', () => bot.taken.length === before + 2);
    expect(bot.taken.slice(before)).toEqual([1, 2]);
  });

  test('shows the update of an event, and delivers it again', async () => {
    const before = bot.taken.length;
    const path = '/events?bot_id=orders&event_type=received&update_id=2';
    const { page, violations } = await dashboard.open('admin', path);
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByRole('button', { name: 'Show update…' }).click();
    const update = page.getByRole('dialog', { name: 'Update 2' });
    await update.getByText('"text": "order 2"').waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Deliver again…' }).click();
    await page.getByRole('button', { name: 'Deliver again', exact: true }).click();
    await page.getByText('Update 2 will be delivered again.').waitFor();
    await until('it again', () => bot.taken.length === before + 1);
    expect(bot.taken.at(-1)).toBe(2);
  });

  test('says that replies of the bot are lost, why, and what helps', async () => {
    bot.behave((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"method":"sendMessage"}');
    });
    const update = { update_id: 1, message: { chat: { id: 1 }, text: '/start' } };
    await dashboard.client.deliver('replying', WEBHOOK_SECRET, update);
    const { page, violations } = await dashboard.open('admin', '/bots/replying');
    const card = page.getByRole('region', { name: 'Delivery' });
    await card.getByText('the reply names sendMessage, and the token').waitFor();
    await card.getByText(/adopt the bot, or set bot_token/).waitFor();
    expect(await violations()).toEqual([]);
    bot.behave(ok);
  });

  test('lets a reader look only, and fits the narrowest screen', async () => {
    const { page, violations } = await dashboard.open('read', '/bots/orders', NARROW);
    const card = page.getByRole('region', { name: 'Delivery' });
    await card.getByRole('img', { name: /^Backlog within/ }).waitFor();
    expect(await card.getByRole('button', { name: /Deliver again|Pause/ }).count()).toBe(0);
    expect(await cutOffAt(page)).toEqual([]);
    expect(await violations()).toEqual([]);
  });

  test('is not there for a bot whose updates are not forwarded', async () => {
    await dashboard.client.deliver('consumed', WEBHOOK_SECRET, { update_id: 7, message: {} });
    const { page } = await dashboard.open('admin', '/events?bot_id=consumed');
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByRole('button', { name: 'Show update…' }).waitFor();
    expect(await page.getByRole('button', { name: 'Deliver again…' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Go to the bot' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await page.getByRole('region', { name: 'Delivery' }).count()).toBe(0);
  });
});
