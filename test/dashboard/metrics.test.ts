/** The stored hours, as somebody looks at them, takes them along and finds them again. */

import { text } from 'node:stream/consumers';
import { until } from '@hookpulse/common/testing/until';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../setup/requirements.ts';
import { type Dashboard, openDashboard, TOKENS } from './support/open-dashboard.ts';
import { seededBot, seededTraffic } from './support/seed-dashboard.ts';

/** Of each bot, so that both have more rows than a page. */
const SPAN_HOURS = 60;
const UPDATES = 240;
const BAD_REQUEST = /400/;
const AUTHORIZATION = { authorization: `Bearer ${TOKENS.read}` };

type Row = Readonly<Record<string, string | number | null>>;

describeInBrowser('the metrics', (browserAddress) => {
  let dashboard: Dashboard;
  const nowMs = Date.now();
  /** Of time that is over: the same whenever it is asked for. */
  const hoursAgo = (from: number, to: number) =>
    `${new URLSearchParams({
      from: new Date(nowMs - from * HOUR_MS).toISOString(),
      to: new Date(nowMs - to * HOUR_MS).toISOString(),
    })}`;
  const past = hoursAgo(50, 2);
  /** So few that looking at every cell of them takes no time. */
  const few = hoursAgo(8, 2);

  beforeAll(async () => {
    const span = { spanMs: SPAN_HOURS * HOUR_MS, nowMs };
    dashboard = await openDashboard(browserAddress, {
      seed: {
        bots: [seededBot('shop', 'Shop', nowMs), seededBot('invoices', 'Invoices', nowMs)],
        events: [
          ...seededTraffic('shop', UPDATES, { ...span, failsOneIn: 0 }),
          ...seededTraffic('invoices', UPDATES, { ...span, failsOneIn: 4 }),
        ],
      },
    });
    await until('all events to be counted', async () => {
      const rows = await rowsOf('group=fleet&by=day');
      const done = rows.map(
        ({ requests_processed, requests_failed }) =>
          Number(requests_processed) + Number(requests_failed),
      );
      return done.reduce((sum, count) => sum + count, 0) === 2 * UPDATES;
    });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  const chart = (page: Page, name: RegExp) => page.getByRole('img', { name }).waitFor();
  const chooseBots = async (page: Page, typed: string) => {
    await page.getByRole('combobox', { name: 'Bots' }).click();
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
  };
  const chosenBots = (page: Page) => page.getByRole('combobox', { name: 'Bots' }).inputValue();

  test('of the fleet are drawn and listed, with what they add up to', async () => {
    const { page, violations } = await dashboard.open('read', '/');
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('heading', { name: 'Metrics' }).waitFor();
    await page.getByLabel('Range').selectOption('Last 7 days');
    await chart(page, /^Events and errors per hour\. 480 events and 60 errors in 16\d hours/);
    await chart(page, /95th percentile was \d+ ms/);
    await page.getByText('480 events, 60 errors, 12.5%').waitFor();
    const table = page.getByRole('table', { name: 'Hours' });
    expect(Number(await table.getAttribute('aria-rowcount'))).toBeGreaterThan(SPAN_HOURS);
    expect(await violations()).toEqual([]);
  });

  test('of the last hours are drawn by the minute, and listed by it when asked', async () => {
    const { page, violations } = await dashboard.open('read', '/hourly?range=6h');
    await chart(page, /^Events and errors per minute\. \d+ events and \d+ errors in 36\d minutes/);
    // Of the fleet there are averages.
    await chart(page, /The average was \d+ ms in the newest minute/);
    await page.getByText('Choose one bot to see percentiles by the minute').waitFor();
    await page.getByRole('button', { name: 'By minute' }).click();
    await page.getByRole('table', { name: 'Minutes' }).getByRole('link').first().click();
    await page
      .getByRole('dialog', { name: /^All bots, \d/ })
      .getByText('Bad signatures')
      .waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await chooseBots(page, 'invo');
    await chart(page, /95th percentile was \d+ ms in the newest minute/);
    await page.getByLabel('Range').selectOption('Last 7 days');
    await page.getByRole('table', { name: 'Hours' }).waitFor();
    expect(await page.getByRole('button', { name: 'By minute' }).count()).toBe(0);
  });

  test('of each bot come page by page', async () => {
    const { page } = await dashboard.open('read', '/hourly?range=7d');
    await page.getByRole('combobox', { name: 'Bots' }).click();
    await page.getByRole('option', { name: 'Each bot' }).click();
    const table = page.locator('[role=table][aria-rowcount="101"]');
    await table.getByRole('link', { name: 'Shop' }).first().waitFor();
    await page.getByRole('button', { name: 'Show older' }).click();
    await page.getByRole('button', { name: 'Show older' }).waitFor({ state: 'detached' });
    const count = Number(await page.getByRole('table').getAttribute('aria-rowcount'));
    expect(count).toBeGreaterThan(2 * SPAN_HOURS);
  });

  test('are found again by their address, however they were chosen', async () => {
    const { page } = await dashboard.open('read', '/hourly');
    await chooseBots(page, 'invo');
    await page.getByRole('button', { name: 'By day' }).click();
    await page.getByLabel('Range').selectOption('Custom…');
    await page.getByLabel('From', { exact: true }).fill('2026-02-10T20:00');
    await page.getByLabel('To', { exact: true }).fill('2026-02-10T19:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('The start must be before the end.').waitFor();
    await page.getByLabel('To', { exact: true }).fill('');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/hourly?bot_id=invoices&by=day&from=2026-02-10T19%3A00%3A00.000Z');
    await page.reload();
    await chart(page, /^Events and errors per day\. 240 events and 60 errors/);
    await page.getByRole('table', { name: 'Days' }).waitFor();
    expect(await chosenBots(page)).toBe('Invoices');
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('2026-02-10T20:00');
    await page.goBack();
    await chart(page, /^Events and errors per day\. \d+ events and \d+ errors in 2 days/);
    expect(await page.getByLabel('From', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('table', { name: 'Hours' }).waitFor();
    expect(await chosenBots(page)).toBe('All bots together');
  });

  test('go into a file, exactly those that are chosen, here and by the copied command', async () => {
    const { page } = await dashboard.open('read', `/hourly?group=bot&${past}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByRole('table', { name: 'Hours' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('hookpulse-bots-by-hour.csv');
    const file = await text(await download.createReadStream());
    const rows = await rowsOf(past);
    const [header = '', ...lines] = file.trimEnd().split('\r\n');
    expect(lines.length).toBeGreaterThanOrEqual(2 * 48);
    const names = header.split(',');
    expect(lines).toEqual(rows.map((row) => names.map((name) => row[name] ?? '').join(',')));

    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied').waitFor();
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    const [, address = ''] = /'(.*)'$/.exec(command) ?? [];
    const again = await fetch(address, { headers: AUTHORIZATION });
    expect(await again.text()).toBe(file);
  });

  test('are told in full by a row', async () => {
    const { page, violations } = await dashboard.open('read', `/hourly?bot_id=invoices&${few}`);
    await page.getByRole('table').getByRole('link').nth(1).click();
    const row = page.getByRole('dialog', { name: /^Invoices, \d/ });
    await row.getByText('Bad signatures').waitFor();
    expect(await row.getByText(/^\d{4}-\d\d-\d\d \d\d:00:00 UTC to /).count()).toBe(1);
    expect(await violations()).toEqual([]);
    await page.reload();
    await row.getByText('Processing errors').waitFor();
    await page.keyboard.press('Escape');
    await row.waitFor({ state: 'detached' });
  });

  test('that are not there say where to look', async () => {
    const { page, violations } = await dashboard.open('read', '/hourly');
    await chooseBots(page, 'deleted-long-ago');
    await page.getByRole('heading', { name: 'No traffic of deleted-long-ago' }).waitFor();
    await page.getByRole('combobox', { name: 'Bots' }).click();
    await page.getByRole('option', { name: 'Invoices' }).waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Any time' }).click();
    await page.getByText('No bot with this id is registered').waitFor();
    expect(await dashboard.closePages()).toEqual([]);

    const wrong = await dashboard.open('read', '/hourly?bot_id=no%20id');
    await wrong.page.getByText('bot_id must be 1 to 64 of').waitFor();
    expect(await wrong.violations()).toEqual([]);
    await wrong.page.getByRole('button', { name: 'Clear the filters' }).click();
    await chart(wrong.page, /^Events and errors per hour\. \d+ events/);
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !BAD_REQUEST.test(trouble))).toEqual([]);
  });

  test.each([
    ['the fleet', '/hourly'],
    ['each bot by the day', '/hourly?group=bot&by=day&range=7d'],
    ['one bot', `/hourly?bot_id=shop&${few}`],
  ])('of %s fit a phone', async (_, path) => {
    const { page, violations } = await dashboard.open('read', path, {
      viewport: { width: 390, height: 844 },
    });
    await page.getByRole('table').getByRole('link').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await violations()).toEqual([]);
  });

  /** As the API has them, the newest first. */
  async function rowsOf(query: string): Promise<readonly Row[]> {
    const url = `${dashboard.urls.queryApi}/api/metrics/hourly?${query}&limit=1000`;
    const answer = await fetch(url, { headers: AUTHORIZATION });
    return ((await answer.json()) as { readonly metrics: readonly Row[] }).metrics;
  }
});
