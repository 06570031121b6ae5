/** One bot, as its operator looks at it. */
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { tabTo } from './support/keyboard.ts';
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

  test('shows the last hours by the minute, and what is dragged over, with one cursor', async () => {
    const { page, violations } = await dashboard.open('read', '/bots/invoices');
    const hour = page.getByRole('button', { name: '1 hour' });
    await tabTo(page, hour);
    await page.keyboard.press('Enter');
    const traffic = page.getByRole('img', { name: /^Events and errors per minute\. \d/ });
    await traffic.waitFor();
    await page.getByRole('img', { name: /95th percentile was \d+ ms .* minute, / }).waitFor();
    expect(new URL(page.url()).search).toBe('?range=1h');
    expect(await violations()).toEqual([]);

    const box = await traffic.locator('.u-over').boundingBox();
    if (!box) throw new Error('the chart is not on the screen');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width / 2, y);
    // The other chart shows the same moment.
    await page.locator('.chart-tooltip:not([hidden])').nth(1).waitFor();
    const [first, other] = await page.locator('.chart-tooltip strong').allInnerTexts();
    expect(first).toBe(other);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 5, y, { steps: 4 });
    await page.mouse.up();
    const events = page.getByRole('link', { name: 'Events of this time' });
    await events.waitFor();
    const range = new URL(page.url()).searchParams;
    const lengthMs = Date.parse(range.get('to') ?? '') - Date.parse(range.get('from') ?? '');
    expect(lengthMs).toBeGreaterThan(25 * MINUTE_MS);
    expect(lengthMs).toBeLessThan(35 * MINUTE_MS);
    const href = new URL((await events.getAttribute('href')) ?? '', page.url());
    expect([href.pathname, href.searchParams.get('from'), href.searchParams.get('to')]).toEqual([
      '/events',
      range.get('from'),
      range.get('to'),
    ]);
    await traffic.waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Reset zoom' }).click();
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

  test('fits the narrowest screens by the minute', async () => {
    const span = new URLSearchParams({
      from: new Date(Date.now() - HOUR_MS).toISOString(),
      to: new Date().toISOString(),
    });
    const { page, violations } = await dashboard.open('read', `/bots/invoices?${span}`, {
      viewport: { width: 320, height: 640 },
    });
    await page.getByRole('img', { name: /^Events and errors per minute\. \d/ }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(await violations()).toEqual([]);
  });
});
