/** What fails, from the page of a bot to the cause and its events. */
import { newEventId } from '@hookpulse/common/events/event-identity';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { tabTo } from './support/keyboard.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { cutOffAt } from './support/phone.ts';
import { seededBot, seededTraffic } from './support/seed-dashboard.ts';

const FAILURES = 40;
const SMALL = { viewport: { width: 320, height: 640 } };
const TITLE = 'ValueError cannot read amount: <text>';

/** Callback queries of a bot fail since some minutes, each with another amount. */
function broken(botId: string, nowMs: number): WebhookEvent[] {
  return Array.from({ length: FAILURES }, (_, n) => {
    const timeMs = nowMs - 8 * MINUTE_MS + n * 10_000;
    return sampleEvent({
      event_id: newEventId(timeMs),
      bot_id: botId,
      event_type: 'error',
      status: 'failed',
      timestamp: new Date(timeMs).toISOString(),
      update_id: 10_000 + n,
      update_type: 'callback_query',
      processing_time_ms: 12,
      error_type: 'ValueError',
      error_message: `cannot read amount: '${n},50 €'`,
      ip_address: null,
      telegram_signature_valid: null,
    });
  });
}

describeInBrowser('errors', (browserAddress) => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    const nowMs = Date.now();
    const span = { spanMs: 15 * MINUTE_MS, nowMs };
    dashboard = await openDashboard(browserAddress, {
      seed: {
        bots: [seededBot('invoices', 'Invoices', nowMs), seededBot('shop', 'Shop', nowMs)],
        events: [
          ...seededTraffic('invoices', 60, { ...span, failsOneIn: 0 }),
          ...broken('invoices', nowMs),
          ...seededTraffic('shop', 80, { ...span, failsOneIn: 40 }),
        ],
      },
    });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  test('the fleet says why, and the banner of a bot leads to exactly the events of the cause', async () => {
    const { page, violations } = await dashboard.open('read', '/');
    const row = page.getByRole('row').filter({ hasText: 'Invoices' });
    await row.getByRole('link', { name: 'ValueError: cannot read amount' }).waitFor();
    expect(await violations()).toEqual([]);
    await row.getByRole('link', { name: 'Invoices' }).click();
    const cause = page.getByRole('link', {
      name: /^ValueError: cannot read amount: all failures since \d\d:\d\d, callback queries only$/,
    });
    await cause.waitFor();
    expect(await violations()).toEqual([]);
    await cause.click();
    await page.waitForURL(/\/events\?error_fingerprint=[0-9a-f]{16}&bot_id=invoices&from=/);
    const rows = page.getByRole('table').getByRole('row');
    await rows.filter({ hasText: 'cannot read amount' }).first().waitFor();
    expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe(`${FAILURES + 1}`);
  });

  test('are listed by group, found, and shown in full', async () => {
    const { page, violations } = await dashboard.open('admin', '/errors');
    const table = page.getByRole('table', { name: 'Errors' });
    const first = table.getByRole('row').nth(1);
    await first.getByText('ValueError').waitFor();
    expect(await first.textContent()).toMatch(/New.*40.*95\.2%/);
    await page.getByText(`2 groups, ${FAILURES + 2} failures`).waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('searchbox').fill('pool');
    await table.and(page.locator('[aria-rowcount="2"]')).getByText('DatabaseError').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await first.getByRole('link', { name: TITLE }).click();
    const drawer = page.getByRole('dialog', { name: 'ValueError' });
    await drawer.getByText("cannot read amount: '39,50 €'").first().waitFor();
    await drawer.getByRole('link', { name: 'Callback queries' }).waitFor();
    await drawer.getByRole('img', { name: /^Events per minute\. 40 events/ }).waitFor();
    expect(await violations()).toEqual([]);
  });

  test('are resolved, hidden, reopened, by the keyboard alone', async () => {
    const { page } = await dashboard.open('admin', '/errors?q=pool');
    const table = page.getByRole('table', { name: 'Errors' });
    await tabTo(page, table.getByRole('link', { name: /^DatabaseError/ }));
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'DatabaseError' });
    await tabTo(page, drawer.getByRole('button', { name: 'Resolve' }));
    await page.keyboard.press('Enter');
    await drawer.getByText('Resolved by ADMIN_TOKEN').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('No errors match these filters').waitFor();
    await page.goto('/errors?q=pool&state=all');
    await table.getByRole('link', { name: /^DatabaseError/ }).click();
    await drawer.getByRole('button', { name: 'Reopen' }).click();
    await drawer.getByRole('button', { name: 'Resolve' }).waitFor();
  });

  test('a reader changes nothing', async () => {
    const { page } = await dashboard.open('read', '/errors');
    await page.getByRole('link', { name: TITLE }).click();
    await page.getByRole('link', { name: /^Show 40 events$/ }).waitFor();
    expect(await page.getByRole('button', { name: 'Resolve' }).count()).toBe(0);
  });

  test('fit 320 pixels, open and closed', async () => {
    const { page, violations } = await dashboard.open('read', '/errors', SMALL);
    await page.getByRole('link', { name: TITLE }).waitFor();
    expect(await cutOffAt(page)).toEqual([]);
    await page.getByRole('link', { name: TITLE }).click();
    await page.getByRole('link', { name: /^Show 40 events$/ }).waitFor();
    expect(await cutOffAt(page)).toEqual([]);
    expect(await violations()).toEqual([]);
    await page.goto('/bots/invoices');
    await page
      .getByRole('link', { name: /callback queries only$/ })
      .first()
      .waitFor();
    expect(await cutOffAt(page)).toEqual([]);
  });

  test('Ctrl-K goes anywhere, and the number of firing alerts is seen on every page', async () => {
    const { page, violations } = await dashboard.open('admin', '/');
    await page.getByRole('link', { name: /^Alerts\s*1 firing$/ }).waitFor();
    await until(
      'the title of the tab',
      async () => (await page.title()) === '(1) Fleet · Hookpulse',
    );
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: 'Page, bot or action' });
    await field.waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.type('invo');
    await page.getByRole('option', { name: 'Invoices' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/bots/invoices');
    await page.keyboard.press('Control+k');
    await field.fill('errors');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/errors');
  });
});
