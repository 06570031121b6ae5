/** The fleet, as somebody sees it who opens the dashboard. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { seededBot, seededTraffic, WEBHOOK_SECRET } from './support/seed-dashboard.ts';

const QUARTER_MS = 900_000;

describeInBrowser('the fleet', (browserAddress) => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    const nowMs = Date.now();
    const span = { spanMs: QUARTER_MS, nowMs };
    dashboard = await openDashboard(browserAddress, {
      env: { READ_TOKEN: '' },
      seed: {
        bots: [
          seededBot('shop', 'Shop', nowMs),
          seededBot('invoices', 'Invoices', nowMs),
          seededBot('quiet', 'Quiet one', nowMs),
        ],
        events: [
          ...seededTraffic('shop', 120, { ...span, failsOneIn: 0 }),
          ...seededTraffic('invoices', 40, { ...span, failsOneIn: 4 }),
        ],
      },
    });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  test('is seen without signing in where reading the health is open', async () => {
    const { page, violations } = await dashboard.open('nobody', '/');
    const rows = page.getByRole('table', { name: 'Bots' }).getByRole('row');
    await rows.filter({ hasText: 'Invoices' }).getByText('Unhealthy').waitFor();
    // What needs a look comes first.
    expect(await rows.nth(1).textContent()).toMatch(/Invoices/);
    expect(await rows.nth(2).textContent()).toMatch(/Quiet oneWaiting/);
    expect(await violations()).toEqual([]);
  });

  test('keeps search, filter and order in its address', async () => {
    const { page } = await dashboard.open('nobody', '/?status=healthy');
    await page.getByText('1 of 3 bots').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('qui');
    await page.getByText('1 of 3 bots').waitFor();
    expect(new URL(page.url()).search).toBe('?q=qui');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Events' }).click();
    await page.waitForURL('**/?sort=-events');
    await page.reload();
    const first = page.getByRole('table').getByRole('row').nth(1);
    await first.getByText('Shop').waitFor();
  });

  test('shows an update that arrives, without being loaded again', async () => {
    const { page } = await dashboard.open('nobody', '/');
    const quiet = page.getByRole('row').filter({ hasText: 'Quiet one' });
    await quiet.getByText('Waiting').waitFor();
    await page.evaluate('window.wasLoaded = true');
    await dashboard.client.deliver('quiet', WEBHOOK_SECRET, { update_id: 1, message: {} });
    await quiet.getByText('Healthy').waitFor();
    expect(await page.evaluate('window.wasLoaded')).toBe(true);
  });

  test('fits a phone', async () => {
    const { page, violations } = await dashboard.open('nobody', '/', {
      viewport: { width: 390, height: 844 },
    });
    await page.getByText('Invoices').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await violations()).toEqual([]);
  });
});
