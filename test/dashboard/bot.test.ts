/** One bot, as its operator looks at it. */
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { seededBot, seededTraffic, WEBHOOK_SECRET } from './support/seed-dashboard.ts';

describeInBrowser('a bot', (browserAddress) => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    const nowMs = Date.now();
    dashboard = await openDashboard(browserAddress, {
      seed: {
        bots: [seededBot('invoices', 'Invoices', nowMs), seededBot('new', 'New one', nowMs)],
        events: [
          ...seededTraffic('invoices', 40, { spanMs: HOUR_MS / 4, nowMs, failsOneIn: 4 }),
          ...seededTraffic('invoices', 60, { spanMs: 30 * HOUR_MS, nowMs, failsOneIn: 0 }),
        ],
      },
    });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  test('is told of in full: why, charts, errors, alert, events, settings, how to set it up', async () => {
    const { page, violations } = await dashboard.open('read', '/bots/invoices');
    await page.getByText(/events failed in the last 15 minutes .* raised by the bot/).waitFor();
    await page.getByRole('img', { name: /^Events and errors per hour\. \d/ }).waitFor();
    await page.getByRole('img', { name: /95th percentile was \d+ ms/ }).waitFor();
    await page
      .getByRole('link', { name: 'DatabaseError no connection is left in the pool' })
      .waitFor();
    await page
      .getByRole('link', { name: /^DatabaseError: .*: all failures since .*, messages only$/ })
      .waitFor();
    await page.getByText('High error rate', { exact: true }).waitFor();
    await page.getByText('above 10% of more than 10 events').waitFor();
    expect(await page.getByRole('table', { name: 'Newest events' }).getByRole('row').count()).toBe(
      16,
    );
    expect(await violations()).toEqual([]);
  });

  test('shows a week when asked, and keeps it in the address', async () => {
    const { page } = await dashboard.open('read', '/bots/invoices');
    await page.getByRole('button', { name: '7 days' }).click();
    await page.getByRole('img', { name: /errors in 168 hours/ }).waitFor();
    expect(new URL(page.url()).search).toBe('?range=7d');
    await page.goBack();
    await page.getByRole('img', { name: /errors in 24 hours/ }).waitFor();
  });

  test('that Telegram does not know yet tells the command, and greets its first update', async () => {
    const { page, violations } = await dashboard.open('read', '/bots/new');
    await page.getByText(/The first delivery has not arrived yet/).waitFor();
    await page.getByLabel('Public address of ingest').fill('https://hooks.example.org/');
    await page.getByText('url=https://hooks.example.org/webhook/new').waitFor();
    expect(await violations()).toEqual([]);
    await dashboard.client.deliver('new', WEBHOOK_SECRET, { update_id: 1, message: {} });
    await page.getByText('The only event of the last 15 minutes succeeded.').waitFor();
  });

  test('fits a phone', async () => {
    const { page, violations } = await dashboard.open('read', '/bots/invoices', {
      viewport: { width: 390, height: 844 },
    });
    await page.getByText('High error rate', { exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await violations()).toEqual([]);
  });
});
