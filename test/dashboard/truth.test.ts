/** What pages say when something is wrong: with the network, the store, the viewer's clock, or the names of bots. */
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser } from '../setup/requirements.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { askAsAdmin } from './support/ask-api.ts';
import { tabTo, waitForFocus } from './support/keyboard.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { cutOffAt } from './support/phone.ts';
import { refreshNow } from './support/refresh-now.ts';
import { seededBot, seededTraffic } from './support/seed-dashboard.ts';

const LONG_NAME = `Shop${'ping'.repeat(20)}`;
const STACK = 'TypeError: no price\n    at total (/app/cart.js:7)\n    at pay (/app/pay.js:40)';
const NARROW = { viewport: { width: 320, height: 640 } };
/** What the browser tells of answers that a test made up, or of a network that it broke. */
const MADE_UP = /40[0348]|503|ERR_/;
/** A heartbeat that does not come is missed after twelve seconds, on a busy machine later. */
const PATIENCE = { timeout: 60_000 };
const WITH_TWINS = ['/', '/bots', '/alerts', '/alerts?tab=history', '/events', '/hourly?group=bot'];
/** Each with what tells that it is there. */
const OTHERS = [
  ['/bots/shop', 'Newest events'],
  ['/alerts?tab=settings', 'High error rate'],
  ['/bots?edit=shop', 'Delete the bot'],
  ['/bots?edit=shop&section=alerts', 'High error rate'],
  ['/bots?add=1', 'Webhook secret'],
  ['/hourly', 'Traffic per hour'],
  ['/events?from=2026-10-25T01:30:00.000Z', 'Apply'],
] as const;

describeInBrowser('the dashboard tells', (browserAddress) => {
  let dashboard: Dashboard;
  let proxy: TcpProxy;

  beforeAll(async () => {
    const nowMs = Date.now();
    const span = { spanMs: 300_000, nowMs };
    const failed = sampleEvent({
      bot_id: 'pay',
      event_id: 'f0000000-0000-4000-8000-000000000000',
      event_type: 'error',
      status: 'failed',
      timestamp: new Date(nowMs - 1_000).toISOString(),
      error_type: 'TypeError',
      error_message: STACK,
      processing_time_ms: 1e12,
    });
    dashboard = await openDashboard(browserAddress, {
      seed: {
        bots: [
          seededBot('shop', LONG_NAME, nowMs),
          seededBot('twin-1', 'Twin', nowMs),
          seededBot('twin-2', 'twin ', nowMs),
          seededBot('pay', 'Payments', nowMs),
          seededBot('gone', 'Going', nowMs),
          seededBot('old', 'Older', nowMs),
        ],
        events: [
          ...['shop', 'twin-1', 'twin-2'].flatMap((id) =>
            seededTraffic(id, 30, { ...span, failsOneIn: 2 }),
          ),
          ...seededTraffic('pay', 30, { ...span, failsOneIn: 0 }),
          failed,
        ],
      },
    });
    const { hostname, port } = new URL(dashboard.urls.queryApi);
    proxy = await startTcpProxy(`${hostname}:${port}`);
  });
  afterAll(async () => {
    await proxy?.close();
    await dashboard?.close();
  });
  afterEach(async () => {
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !MADE_UP.test(trouble))).toEqual([]);
  });

  test('that nobody is notified, on every page, until a receiver is set', async () => {
    const { page, violations } = await dashboard.open('admin', '/');
    const notice = page.getByText(/^Alerts of 6 bots reach nobody\. Set a receiver\./);
    await notice.waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('link', { name: /^Alerts ?(\d+ firing)?$/ }).click();
    await notice.waitFor();
    const row = page.getByRole('listitem').filter({ hasText: LONG_NAME });
    await row.getByText('No receiver: set one').waitFor();
    expect(await page.getByText('Mailed').count()).toBe(0);
    await page.getByRole('link', { name: 'Set a receiver' }).click();
    await page.getByRole('button', { name: 'Custom' }).click();
    await page.getByLabel('Mail addresses').fill('ops@example.com');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Alerts are written to files until SMTP_URL is set\./).waitFor();
    expect(await notice.count()).toBe(0);
  });

  test('answers of something in front from those of its own', async () => {
    const body = '<p>No</p>';
    const ask = async (status: number) => {
      const { page } = await dashboard.open('read', '/bots/pay');
      await page.getByText(/^Updated/).waitFor();
      await page.route('**/api/health/**', (route) => route.fulfill({ status, body }), {
        times: 1,
      });
      await page.getByText(/^Stale: updated/).waitFor();
      expect(await page.getByText('Bot not found').count()).toBe(0);
      await page.getByText(/^Updated/).waitFor(PATIENCE);
    };
    await Promise.all([403, 404, 408].map(ask));
  });

  test('that nothing comes any more, on a connection that only swallows', async () => {
    const through = { baseURL: `http://${proxy.address}` };
    const events = (await dashboard.open('read', '/events', through)).page;
    const fleet = (await dashboard.open('read', '/', through)).page;
    await events.getByText('Live', { exact: true }).waitFor();
    await fleet.getByText(/^Updated/).waitFor();
    proxy.stall('responses');
    await events.getByText('Reconnecting …').waitFor(PATIENCE);
    await fleet.getByText(/^Stale: updated/).waitFor(PATIENCE);
    proxy.resume();
    await events.getByText('Live', { exact: true }).waitFor(PATIENCE);
    await fleet.getByText(/^Updated/).waitFor(PATIENCE);
  });

  test('which parts of a page do not load', async () => {
    const { page } = await dashboard.open('read', '/bots/pay');
    await page.getByRole('table', { name: 'Newest events' }).waitFor();
    const away = { status: 'error', error: 'The store is away.', details: [] };
    await page.route(/\/api\/(events|errors|alerts)\?/, (route) =>
      route.fulfill({ status: 503, json: away }),
    );
    await page.reload();
    await page.getByText('Events could not be loaded. The store is away.').waitFor();
    await page.getByText('Groups of errors could not be loaded. The store is away.').waitFor();
    await page.getByText('Past alerts could not be loaded. The store is away.').waitFor();
  });

  test('what is in a row to whoever selects it, and stack traces by the line', async () => {
    const { page } = await dashboard.open('read', '/events?bot_id=pay&error_type=TypeError');
    const cell = page.getByRole('row').getByText(/^TypeError: /);
    await select(page, cell);
    expect(await selectedText(page)).toMatch(/^TypeError/);
    expect(new URL(page.url()).searchParams.get('event')).toBeNull();
    await page.evaluate('getSelection().empty()');
    await select(page, page.getByRole('row').getByRole('link').last());
    expect(await selectedText(page)).not.toBe('');
    expect(new URL(page.url()).searchParams.get('event')).toBeNull();
    await page.evaluate('getSelection().empty()');
    await cell.click();
    const drawer = page.getByRole('dialog');
    const trace = drawer.locator('dd').getByText(/^TypeError: no price/);
    expect(await trace.textContent()).toBe(STACK);
    const style = "getComputedStyle(document.querySelector('.event-text')).whiteSpace";
    expect(await page.evaluate(style)).toBe('pre-wrap');
    await drawer.getByText('32 y', { exact: true }).waitFor();
  });

  test('times by the clock of the server', async () => {
    const { page } = await dashboard.open('read', '/');
    await page.addInitScript('{ const now = Date.now; Date.now = () => now() - 3_600_000; }');
    await page.reload();
    const row = page.getByRole('row').filter({ hasText: 'Payments' });
    await row.getByText(/^(just now|\d+ (s|min) ago)$/).waitFor();
  });

  test('a moment that comes twice as it was chosen, when the other end is edited', async () => {
    const from = '2026-10-25T01:30:00.000Z';
    const { page } = await dashboard.open(
      'read',
      `/events?from=${from}&to=2026-10-25T03:00:00.000Z`,
    );
    await page.getByLabel('To', { exact: true }).fill('2026-10-25T05:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await until('the other end in the address', () => page.url().includes('04%3A00%3A00'));
    expect(new URL(page.url()).searchParams.get('from')).toBe(from);
  });

  test('twins apart, and all of it on a small phone', async () => {
    const { page } = await dashboard.open('admin', '/', NARROW);
    for (const path of WITH_TWINS) {
      await page.goto(path);
      await page.getByText('twin-1', { exact: true }).first().waitFor();
      await page.getByText('twin-2', { exact: true }).first().waitFor();
      expect([path, await cutOffAt(page), await overlapsAt(page)]).toEqual([path, [], []]);
    }
    for (const [path, text] of OTHERS) {
      await page.goto(path);
      await page.getByText(text).first().waitFor();
      expect([path, await cutOffAt(page)]).toEqual([path, []]);
    }
  });

  test('a command to copy, also where a page has no clipboard', async () => {
    const { page } = await dashboard.open('admin', '/bots/pay');
    await page.addInitScript('Object.defineProperty(navigator, "clipboard", { value: undefined })');
    await page.reload();
    const copy = page.getByRole('button', { name: "Copy the bot's id" });
    await copy.click();
    await page.getByText('Copied', { exact: true }).waitFor();
    await waitForFocus(copy);
    const field = page.getByLabel('Public address of ingest');
    await field.fill('');
    await field.press('Control+V');
    expect(await field.inputValue()).toBe('pay');
  });

  test('that a bot is not there any more, and keeps the focus', async () => {
    const { page } = await dashboard.open('admin', '/bots/gone');
    await page.getByRole('heading', { name: 'Going' }).waitFor();
    const list = (await dashboard.open('admin', '/bots')).page;
    const link = list.getByRole('row').filter({ hasText: 'Older' }).getByRole('link');
    await link.waitFor();
    await tabTo(list, link);
    await list.keyboard.press('Enter');
    await list.getByRole('dialog', { name: 'Older' }).waitFor();
    for (const id of ['gone', 'old']) await askAsAdmin(dashboard, 'DELETE', `/api/bots/${id}`);
    await page.getByRole('heading', { name: 'Bot not found' }).waitFor();
    expect(await page.getByText('Settings').count()).toBe(0);
    await refreshNow(list);
    await link.waitFor({ state: 'detached' });
    await list.getByRole('heading', { name: 'Bot not found' }).waitFor();
    await list.keyboard.press('Escape');
    await list.getByRole('dialog').waitFor({ state: 'detached' });
    await waitForFocus(list.getByRole('heading', { name: 'Bots' }));
  });

  test('on paper what there is to read', async () => {
    const { page } = await dashboard.open('admin', '/');
    await page.getByRole('row').filter({ hasText: 'Payments' }).waitFor();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'hidden' });
    expect(await page.getByRole('row').filter({ hasText: 'Payments' }).isVisible()).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(23, 24, 28)');
    // As wide as the paper: the bar of pages leaves no room behind.
    const share = 'document.querySelector("main").clientWidth / innerWidth';
    expect(await page.evaluate(share)).toBeGreaterThan(0.98);
  });
});

/** Drags over the text of an element, as a hand does. */
async function select(page: Page, text: Locator): Promise<void> {
  const box = await text.boundingBox();
  if (!box) throw new Error('the text is not on the screen');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + 1, y);
  await page.mouse.down();
  await page.mouse.move(box.x + Math.min(60, box.width - 1), y, { steps: 4 });
  await page.mouse.up();
}

function selectedText(page: Page): Promise<string> {
  return page.evaluate<string>('getSelection().toString()');
}

/** Names that reach over the edge of their cell, where it does not cut them. */
const FIND_OVERLAPS = `[...document.querySelectorAll('.row-link')].flatMap((name) => {
  const place = name.closest('.cell, .alerts-item');
  const isCut = getComputedStyle(place).overflow === 'hidden';
  const edge = place.getBoundingClientRect().right;
  return isCut || name.getBoundingClientRect().right <= edge + 1 ? [] : [name.textContent];
})`;

/** Should be nothing. */
async function overlapsAt(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(FIND_OVERLAPS);
}
