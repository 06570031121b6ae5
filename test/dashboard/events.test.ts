/** The events explorer: what is stored, what arrives, and one event in full. */

import { newEventId } from '@hookpulse/common/events/event-identity';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { until } from '@hookpulse/common/testing/until';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../setup/requirements.ts';
import { type Dashboard, openDashboard, TOKENS } from './support/open-dashboard.ts';
import { seededBot, seededTraffic, WEBHOOK_SECRET } from './support/seed-dashboard.ts';

/** The browser tells of every refused request on its console. */
const NOT_THERE = /404/;
const ODD_ERROR = { error_type: 'Odd <b>&"error"', error_message: `it's "odd"\nover two lines` };

describeInBrowser('the events', (browserAddress) => {
  let dashboard: Dashboard;
  let oddId: string;
  let nextUpdateId = 1_000;

  beforeAll(async () => {
    const nowMs = Date.now();
    oddId = newEventId(nowMs - 2 * HOUR_MS);
    const odd = sampleEvent({
      event_id: oddId,
      bot_id: 'invoices',
      event_type: 'error',
      status: 'failed',
      timestamp: new Date(nowMs - 2 * HOUR_MS).toISOString(),
      update_id: 4_242,
      processing_time_ms: 1_240,
      ...ODD_ERROR,
    });
    dashboard = await openDashboard(browserAddress, {
      seed: {
        bots: ['shop', 'invoices', 'live', 'paused'].map((id) => seededBot(id, id, nowMs)),
        events: [
          odd,
          ...seededTraffic('shop', 150, { spanMs: 6 * HOUR_MS, nowMs, failsOneIn: 0 }),
          ...seededTraffic('invoices', 20, { spanMs: HOUR_MS, nowMs, failsOneIn: 4 }),
        ],
      },
    });
    await until('the past to be stored', async () => (await storedOfShop(dashboard)) === 300);
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => {
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !NOT_THERE.test(trouble))).toEqual([]);
  });

  async function deliver(botId: string): Promise<number> {
    nextUpdateId += 1;
    const update = { update_id: nextUpdateId, message: { message_id: 1 } };
    expect((await dashboard.client.deliver(botId, WEBHOOK_SECRET, update)).status).toBe(200);
    return nextUpdateId;
  }

  test('are shown page after page, by the filters of their address', async () => {
    const { page, violations } = await dashboard.open('read', '/events?bot_id=shop');
    await page.locator('[aria-rowcount="101"]').waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Show older' }).click();
    await page.locator('[aria-rowcount="201"]').waitFor();
    await page.getByRole('button', { name: 'Show older' }).click();
    // Three hundred, and the heading.
    await page.locator('[aria-rowcount="301"]').waitFor();
    await page.getByRole('button', { name: 'Show older' }).waitFor({ state: 'detached' });
    await page.getByLabel('Event', { exact: true }).selectOption('Processed');
    await page.waitForURL('**/events?bot_id=shop&event_type=processed');
    await until('only those that were processed', async () => {
      const types = await rows(page).getByText('received', { exact: true }).count();
      return types === 0 && (await rows(page).getByText('processed', { exact: true }).count()) > 0;
    });
    await page.goBack();
    await rows(page).getByText('received', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await rows(page).getByText('invoices').first().waitFor();
  });

  test('are found by every filter, and none is said to be none', async () => {
    const { page } = await dashboard.open('read', '/events?status=failed');
    await rows(page).getByText('DatabaseError: no connection').first().waitFor();
    await page.getByLabel('Error type').fill(ODD_ERROR.error_type);
    await page.keyboard.press('Enter');
    await until('the odd one alone', async () => (await rows(page).count()) === 2);
    await page.getByLabel('Update id').fill('4242');
    await page.keyboard.press('Enter');
    await page.waitForURL('**&update_id=4242');
    expect(await rows(page).count()).toBe(2);
    await page.getByLabel('Range').selectOption('Last hour');
    await page.getByRole('heading', { name: 'No events match these filters' }).waitFor();
  });

  test('are told in full, each at an address of its own, and as curl', async () => {
    const { page, violations } = await dashboard.open('read', '/events?status=failed', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await rows(page).filter({ hasText: 'Odd' }).getByRole('link').click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('1.24 s').waitFor();
    await drawer.getByText(ODD_ERROR.error_type, { exact: true }).waitFor();
    expect(JSON.parse((await drawer.locator('pre').textContent()) ?? '')).toMatchObject(ODD_ERROR);
    expect(await violations()).toEqual([]);

    await drawer.getByRole('button', { name: 'Copy as curl' }).click();
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    const url = /'(http.*)'$/.exec(command)?.[1] ?? '';
    const headers = { authorization: `Bearer ${TOKENS.read}` };
    expect(command).toContain('-H "Authorization: Bearer $HOOKPULSE_TOKEN"');
    expect(await (await fetch(url, { headers })).json()).toMatchObject(ODD_ERROR);

    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await page.goto(`/events/${oddId}`);
    await page.getByRole('heading', { name: 'error of update 4242' }).waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('link', { name: 'All events of this update' }).click();
    await page.waitForURL('**/events?bot_id=invoices&update_id=4242');
    await until('it alone', async () => (await rows(page).count()) === 2);
  });

  test('appear as they happen, and wait while somebody reads', async () => {
    const { page } = await dashboard.open('read', '/events?bot_id=live');
    await page.getByText('Live', { exact: true }).waitFor();
    const first = await deliver('live');
    await rows(page).getByText(String(first)).waitFor();

    await rows(page).nth(1).hover();
    const second = await deliver('live');
    await page.getByRole('button', { name: '1 new event' }).waitFor();
    expect(await rows(page).getByText(String(second)).count()).toBe(0);
    await page.getByRole('button', { name: '1 new event' }).click();
    await rows(page).getByText(String(second)).waitFor();
    expect(await rows(page).nth(1).textContent()).toContain(String(second));
  });

  test('are held back by a button, and come when it is pressed again', async () => {
    const { page, violations } = await dashboard.open('read', '/events?bot_id=paused');
    await page.getByText('Live', { exact: true }).waitFor();
    const first = await deliver('paused');
    await rows(page).getByText(String(first)).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused', { exact: true }).waitFor();
    await deliver('paused');
    await deliver('paused');
    await page.getByRole('button', { name: '2 new events' }).waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Resume' }).click();
    await until('all three', async () => (await rows(page).count()) === 4);
  });

  test('of an id that is not known are not there, and the way on is shown', async () => {
    const { page } = await dashboard.open('read', `/events/${newEventId(Date.now())}`);
    await page.getByRole('heading', { name: 'Event not found' }).waitFor();
    await page.getByRole('link', { name: 'Go to the events' }).click();
    await rows(page).nth(1).waitFor();
  });

  test('fit a phone', async () => {
    const { page, violations } = await dashboard.open('read', '/events', {
      viewport: { width: 390, height: 844 },
    });
    await rows(page).nth(1).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await rows(page).nth(1).getByRole('link').click();
    await page.getByRole('dialog').getByText('As JSON').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await violations()).toEqual([]);
  });
});

/** The heading is the first of them. */
function rows(page: Page) {
  return page.getByRole('table', { name: 'Events' }).getByRole('row');
}

async function storedOfShop({ urls }: Dashboard): Promise<number> {
  const answer = await fetch(`${urls.queryApi}/api/events?bot_id=shop&limit=1000`, {
    headers: { authorization: `Bearer ${TOKENS.read}` },
  });
  const { events } = (await answer.json()) as { events: unknown[] };
  return events.length;
}
