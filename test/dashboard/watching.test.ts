/** Where people look first: status pages, the fleet on a wall, saved views, the tab, notifications. */
import { until } from '@hookpulse/common/testing/until';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../setup/requirements.ts';
import { askAsAdmin } from './support/ask-api.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { cutOffAt } from './support/phone.ts';
import { refreshNow } from './support/refresh-now.ts';
import { seededBot, seededTraffic } from './support/seed-dashboard.ts';

/** All of it is in the window for as long as the tests take. */
const SPAN_MS = 300_000;
const SMALL = { viewport: { width: 320, height: 640 } };
const WALL = { viewport: { width: 1920, height: 1080 } };
/** Keeps what it would show, as there is nobody to see it; asking is granted, and noted. */
const RECORDED_NOTIFICATIONS = `
  window.shownNotifications = [];
  window.Notification = class {
    static permission = localStorage.getItem('test-granted') ?? 'default';
    static async requestPermission() {
      localStorage.setItem('test-granted', 'granted');
      return (this.permission = 'granted');
    }
    constructor(title, { body, tag }) {
      Object.assign(this, { title, body, tag });
      if (localStorage.getItem('test-throws')) throw new TypeError('Illegal constructor');
      if (Notification.permission === 'granted') window.shownNotifications.push(this);
    }
    close() {}
  };`;

describeInBrowser('watching', (browserAddress) => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    const nowMs = Date.now();
    const span = { spanMs: SPAN_MS, nowMs };
    dashboard = await openDashboard(browserAddress, {
      env: { ADMIN_EMAIL: 'ops@example.com' },
      seed: {
        bots: [
          seededBot('invoices-internal', 'Invoices', nowMs),
          seededBot('shop-internal', 'Shop', nowMs),
          seededBot('door-internal', 'Door bell', nowMs),
        ],
        events: [
          ...seededTraffic('invoices-internal', 40, { ...span, failsOneIn: 2 }),
          ...seededTraffic('shop-internal', 60, { ...span, failsOneIn: 0 }),
          // So many that six refused ones are no high error rate.
          ...seededTraffic('door-internal', 200, { ...span, failsOneIn: 0 }),
        ],
      },
    });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  test('a status page is created, seen with its link alone, and gets another one', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?tab=status-pages');
    await page.getByRole('button', { name: 'Create status page' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a status page' });
    await dialog.getByLabel('Name').fill('orders');
    await dialog.getByLabel('Title').fill('Orders');
    for (const name of ['Invoices', 'Shop']) {
      await dialog.getByRole('combobox', { name: 'Bots' }).fill(name);
      await page.keyboard.press('Enter');
    }
    expect(await violations()).toEqual([]);
    await dialog.getByRole('button', { name: 'Create status page' }).click();
    const link = await takeLink(page);
    expect(link).toMatch(/\/status\/orders\?key=/);
    await page.getByRole('table', { name: 'Status pages' }).getByText('Orders').waitFor();
    expect(await violations()).toEqual([]);

    const visitor = await dashboard.open('nobody', link);
    await visitor.page.getByText('Problem with 1 of 2').waitFor();
    await visitor.page.getByText('Invoices: Updates failed').waitFor();
    const text = await visitor.page.content();
    for (const hidden of ['internal', 'DatabaseError', 'no connection', 'error rate']) {
      expect(text).not.toContain(hidden);
    }
    expect(await visitor.violations()).toEqual([]);
    const narrow = await dashboard.open('nobody', link, SMALL);
    expect(await cutOffAt(narrow.page)).toEqual([]);

    const phone = await dashboard.open('admin', '/bots?tab=status-pages', SMALL);
    await phone.page.getByRole('button', { name: 'Delete Orders' }).waitFor();
    expect(await cutOffAt(phone.page)).toEqual([]);

    await page.getByRole('button', { name: 'Replace the link to Orders' }).click();
    await page.getByRole('button', { name: 'Replace link' }).click();
    const newLink = await takeLink(page);
    expect(await statusOf(newLink)).toBe(200);
    expect(await statusOf(link)).toBe(404);
    await page.getByRole('button', { name: 'Delete Orders' }).click();
    await page.getByRole('button', { name: 'Delete status page' }).click();
    await page.getByText('No status pages yet').waitFor();
    expect(await statusOf(newLink)).toBe(404);
  });

  test('an open dialog undoes nothing that somebody else changes', async () => {
    const { page } = await dashboard.open('admin', '/bots?tab=status-pages');
    const created = { name: 'shared', title: 'Shared', bot_ids: ['shop-internal'] };
    await askAsAdmin(dashboard, 'POST', '/api/status-pages', { ...created, visibility: 'public' });
    await page.getByRole('button', { name: 'Change Shared' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change Shared' });
    await dialog.getByLabel('Title').fill('Shared by all');
    const path = '/api/status-pages/shared';
    await askAsAdmin(dashboard, 'PATCH', path, { visibility: 'link' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Shared by all was changed.').waitFor();
    expect(await statusOf(`${dashboard.urls.queryApi}/status/shared`)).toBe(404);

    await page.getByRole('button', { name: 'Change Shared by all' }).click();
    const again = page.getByRole('dialog', { name: 'Change Shared by all' });
    await again.getByLabel('Title').fill('Mine');
    await askAsAdmin(dashboard, 'PATCH', path, { title: 'Theirs' });
    await again.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog', { name: 'Someone else changed this' }).waitFor();
    await page.getByRole('button', { name: 'Keep yours' }).click();
    await page.getByText('Mine was changed.').waitFor();
    await askAsAdmin(dashboard, 'DELETE', path);
    await forgiveTroubles(dashboard);
  });

  test('the fleet on a wall tells the worst first, large, and dark', async () => {
    const { page, violations } = await dashboard.open('read', '/');
    await page.getByRole('link', { name: 'Show on a large screen' }).click();
    await page.setViewportSize(WALL.viewport);
    await page.getByRole('heading', { name: '1 unhealthy' }).waitFor();
    await page.getByText('2 of 3 healthy').waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Invoices' })
      .getByText('20 of 40 failed')
      .waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe(
      'dark',
    );
    const smallest = await page.evaluate<number>(
      "Math.min(...[...document.querySelectorAll('main *')].map((one) => parseFloat(getComputedStyle(one).fontSize)))",
    );
    // A 25th of the height: readable from four metres on 55 inches.
    expect(smallest).toBeGreaterThanOrEqual(WALL.viewport.height / 25);
    expect(await violations()).toEqual([]);
    await page.goto('/tv?theme=light');
    await page.getByRole('heading', { name: '1 unhealthy' }).waitFor();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await page.setViewportSize(SMALL.viewport);
    await page.goto('/tv');
    await page.getByRole('heading', { name: '1 unhealthy' }).waitFor();
    expect(await cutOffAt(page)).toEqual([]);
  });

  test('it says when what it shows is old, and goes on by itself', async () => {
    const { page, troubles } = await dashboard.open('read', '/tv');
    await page.getByRole('heading', { name: '1 unhealthy' }).waitFor();
    await page.clock.install();
    await page.route('**/api/health/**', (route) => route.abort());
    await page.clock.fastForward(30_000);
    await page
      .getByRole('status')
      .getByText(/old\. Hookpulse cannot be reached/)
      .waitFor();
    await page.unroute('**/api/health/**');
    await page.clock.fastForward(10_000);
    await page.getByRole('status').getByText(/old/).waitFor({ state: 'detached' });
    expect(troubles.length).toBeGreaterThan(0);
    expect(troubles.every((trouble) => /net::ERR_FAILED/.test(trouble))).toBe(true);
    await forgiveTroubles(dashboard);
  });

  test('a view is saved, gone to by Ctrl-K, renamed, and deleted with a way back', async () => {
    const { page, violations } = await dashboard.open('read', '/events?status=failed');
    await page.getByRole('button', { name: 'Saved views' }).click();
    const dialog = page.getByRole('dialog', { name: 'Saved views' });
    await dialog.getByLabel('Name of this view').fill('Failed ones');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.goto('/');
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Failed ones');
    await page.getByRole('option', { name: /Failed ones/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/events?status=failed');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await dialog.getByRole('button', { name: 'Rename Failed ones' }).click();
    await dialog.getByLabel('New name of Failed ones').fill('Broken');
    await dialog.getByRole('button', { name: 'Rename', exact: true }).click();
    await dialog.getByRole('link', { name: 'Broken' }).waitFor();
    expect(await violations()).toEqual([]);
    await dialog.getByRole('button', { name: 'Delete Broken' }).click();
    await dialog.getByRole('link', { name: 'Broken' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Saved views' }).click();
    await dialog.getByRole('link', { name: 'Broken' }).waitFor();
  });

  test.each([
    ['/', 'Saved views'],
    ['/events', 'Saved views'],
    ['/errors', 'Saved views'],
    ['/alerts', 'Notify in this browser'],
    ['/bots?tab=status-pages', 'Create status page'],
  ])('%s fits 320 pixels with what was added to it', async (path, button) => {
    const { page } = await dashboard.open('admin', path, SMALL);
    await page.getByRole('button', { name: button }).waitFor();
    expect(await cutOffAt(page)).toEqual([]);
    await page.getByRole('button', { name: button }).focus();
    if (path === '/alerts') return;
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await cutOffAt(page)).toEqual([]);
  });

  test('the icon of the tab shows how many alerts fire', async () => {
    const { page } = await dashboard.open('read', '/');
    await until('the number', async () => /^\(1\)/.test(await page.title()));
    const icon = await page.getAttribute('link[rel="icon"]', 'href');
    expect(decodeURIComponent(icon ?? '')).toMatch(/>1<\/text>/);
  });

  test('a firing alert is notified of once, by one of two tabs, and not before it was asked for', async () => {
    const { page } = await dashboard.open('admin', '/sign-in');
    await page.context().addInitScript(RECORDED_NOTIFICATIONS);
    const other = await page.context().newPage();
    await page.goto('/alerts');
    await page.getByRole('button', { name: 'Notify in this browser' }).waitFor();
    expect(await page.evaluate('Notification.permission')).toBe('default');
    await page.getByRole('button', { name: 'Notify in this browser' }).click();
    await page.getByRole('button', { name: 'Stop notifying' }).waitFor();
    await other.goto('/alerts');
    await other.getByRole('button', { name: 'Stop notifying' }).waitFor();
    // What fires already is no news.
    await until('a first look', () =>
      page.evaluate("localStorage.getItem('hookpulse-notified-alerts')"),
    );
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        dashboard.client.deliver('door-internal', 'guessed', { update_id: index, message: {} }),
      ),
    );
    const shown = async () => [...(await shownOn(page)), ...(await shownOn(other))];
    await until('a notification', async () => (await shown()).length > 0);
    await page.getByText('Door bell').first().waitFor();
    await Promise.all([refreshNow(page), refreshNow(other)]);
    expect(await shown()).toEqual(['Alert: Signature failures, Door bell']);
    const teller = (await shownOn(page)).length > 0 ? page : other;
    await teller.evaluate('window.shownNotifications[0].onclick()');
    await teller.getByRole('dialog', { name: /Door bell/ }).waitFor();
    await teller.keyboard.press('Escape');
    // Nobody judges a bot that is off: what fires for it is over.
    await askAsAdmin(dashboard, 'PATCH', '/api/bots/door-internal', { enabled: false });
    await until('its end', async () =>
      (await shown()).includes('Resolved: Signature failures, Door bell'),
    );
    expect(await shown()).toHaveLength(2);
    await page.getByRole('button', { name: 'Stop notifying' }).click();
    await other.getByRole('button', { name: 'Notify in this browser' }).waitFor();
  });

  test('a browser that only throws is told apart, and what was notified of is forgotten', async () => {
    const { page, troubles } = await dashboard.open('admin', '/sign-in');
    await page.context().addInitScript(RECORDED_NOTIFICATIONS);
    await page.evaluate("localStorage.setItem('test-throws', '1')");
    await page.goto('/alerts');
    await page.getByRole('button', { name: 'Notify in this browser' }).click();
    await page.getByText('This browser cannot show notifications of a page.').waitFor();
    expect(await page.evaluate('Notification.permission')).toBe('default');

    await page.evaluate("localStorage.removeItem('test-throws')");
    await page.reload();
    await page.getByRole('button', { name: 'Notify in this browser' }).click();
    await page.getByRole('button', { name: 'Stop notifying' }).waitFor();
    const notified = () => page.evaluate("localStorage.getItem('hookpulse-notified-alerts')");
    await until('a first look', notified);
    await page.evaluate("localStorage.removeItem('hookpulse-notified-alerts')");
    await page.goto('/tv');
    await until('a look beside the fleet on a wall', notified);
    await page.goto('/alerts');
    await page.getByRole('button', { name: /^Sign out/ }).click();
    await until('nothing kept', async () => (await notified()) === null);
    await page.getByRole('heading', { name: 'Sign in to Hookpulse' }).waitFor();
    expect(troubles.every((trouble) => /\b401\b/.test(trouble))).toBe(true);
    await forgiveTroubles(dashboard);
  });

  async function statusOf(link: string): Promise<number> {
    return (await fetch(link)).status;
  }
});

/** Reads the secret link that is shown, and closes its dialog. */
async function takeLink(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Link to Orders' });
  const link = await dialog.locator('code').textContent();
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  return link ?? '';
}

function shownOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    "window.shownNotifications.map(({ title, body }) => title + ', ' + body)",
  );
}

/** Closes the pages and discards the browser errors that the test caused. */
async function forgiveTroubles(dashboard: Dashboard): Promise<void> {
  await dashboard.closePages();
}
