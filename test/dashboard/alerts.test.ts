/** What fires, has fired, is silenced, and by what is judged, as an operator works with it. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser } from '../setup/requirements.ts';
import { tabTo, waitForFocus, waitForNote } from './support/keyboard.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { cutOffAt, PHONE } from './support/phone.ts';
import { seededBot, seededTraffic } from './support/seed-dashboard.ts';

/** All of it is in the window for as long as the tests take. */
const SPAN_MS = 300_000;
/** The browser tells of every refused request on its console. */
const REFUSED = /40[04]/;
/** Each with what tells that it is there. */
const VIEWS = [
  ['Firing', '/alerts', /^Invoices$/],
  ['History', '/alerts?tab=history', /^Invoices$/],
  ['Silences', '/alerts?tab=silences', /^(Active|Ended|No silences)$/],
  ['Settings', '/alerts?tab=settings', /^Receivers$/],
] as const;

/** Pixels that it would have to be scrolled to the side. */
const BEYOND_DRAWER = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(
  document.querySelector('.drawer'))`;

describeInBrowser('alerts', (browserAddress) => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    const nowMs = Date.now();
    const span = { spanMs: SPAN_MS, nowMs };
    dashboard = await openDashboard(browserAddress, {
      env: { ADMIN_EMAIL: 'ops@example.com' },
      seed: {
        bots: [
          seededBot('invoices', 'Invoices', nowMs),
          seededBot('payments', 'Payments', nowMs),
          seededBot('door', 'Door bell', nowMs),
        ],
        events: [
          ...seededTraffic('invoices', 40, { ...span, failsOneIn: 4 }),
          ...seededTraffic('payments', 40, { ...span, failsOneIn: 2 }),
          ...seededTraffic('door', 8, { ...span, failsOneIn: 0 }),
        ],
      },
    });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  test('that fire are seen without loading the page again, by rule', async () => {
    const { page, violations } = await dashboard.open('admin', '/alerts');
    const errors = group(page, 'High error rate');
    await row(errors, 'Invoices')
      .getByText(/25\.0% error rate \(10\/40 failed\)/)
      .waitFor();
    await row(errors, 'Invoices').getByText('Written to a file').waitFor();
    await page.evaluate('window.wasLoaded = true');
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        dashboard.client.deliver('door', 'guessed', { update_id: index, message: {} }),
      ),
    );
    await row(group(page, 'Signature failures'), 'Door bell')
      .getByText(/^6 signature validation failures/)
      .waitFor();
    expect(await page.evaluate('window.wasLoaded')).toBe(true);
    expect(await violations()).toEqual([]);
  });

  test('are silenced from their row, which tells who, why and until when, until that is ended', async () => {
    const { page, violations } = await dashboard.open('admin', '/alerts');
    const invoices = row(page, 'Invoices');
    await invoices.getByRole('button', { name: 'Silence' }).click();
    const dialog = page.getByRole('dialog', { name: 'Silence Invoices' });
    expect(await dialog.getByLabel('Rule').inputValue()).toBe('high_error_rate');
    expect(await violations()).toEqual([]);
    await dialog.getByRole('button', { name: '4 hours' }).click();
    await dialog.getByLabel('Reason').fill('The database is being moved');
    await dialog.getByLabel('Your name').fill('Mira');
    await dialog.getByRole('button', { name: 'Silence' }).click();
    await invoices.getByText('Mira: The database is being moved').waitFor();
    expect(await invoices.getByText(/^Silenced until \d/).isVisible()).toBe(true);
    expect(await invoices.getByRole('button', { name: 'Silence' }).count()).toBe(0);
    expect(await violations()).toEqual([]);

    await page.getByRole('link', { name: 'Silences 1' }).click();
    const silence = row(group(page, 'Active'), 'invoices');
    await silence.getByText('High error rate').waitFor();
    await silence.getByText('Mira: The database is being moved').waitFor();
    await silence.getByText(/^ends in 3 h$/).waitFor();
    await silence.getByRole('button', { name: 'End' }).click();
    const question = page.getByRole('dialog', { name: 'End this silence?' });
    expect(await violations()).toEqual([]);
    await question.getByRole('button', { name: 'End silence' }).click();
    await row(group(page, 'Ended'), 'invoices').getByText(/Mira/).waitFor();

    await page.getByRole('link', { name: /^Firing/ }).click();
    await invoices.getByRole('button', { name: 'Silence' }).waitFor();
  });

  test('cannot be silenced without saying why, or for a bot that is not there', async () => {
    const { page, violations } = await dashboard.open('admin', '/alerts?tab=silences');
    await page.getByRole('button', { name: 'New silence' }).click();
    const dialog = page.getByRole('dialog', { name: 'New silence' });
    const submit = dialog.getByRole('button', { name: 'Silence' });
    await dialog.getByRole('button', { name: 'Until…' }).click();
    await submit.click();
    await waitForNote(dialog.getByLabel('Reason'), 'Enter a reason, so that others know.');
    await waitForNote(dialog.getByLabel('Until'), 'Choose a date and a time.');
    expect(await violations()).toEqual([]);

    await dialog.getByLabel('Reason').fill('A deployment');
    await dialog.getByLabel('Until').fill('2020-01-01T00:00');
    await submit.click();
    await dialog.getByText('Must be in the future').waitFor();
    await waitForNote(dialog.getByLabel('Until'), 'Must be in the future');

    await dialog.getByRole('button', { name: '1 hour' }).click();
    await dialog.getByLabel('Bot id').fill('nobody');
    await submit.click();
    await dialog.getByText('There is no bot with this bot_id.').waitFor();
    await waitForNote(dialog.getByLabel('Bot id'), /^There is no bot/);

    await dialog.getByLabel('Bot id').fill('door');
    await submit.click();
    await row(group(page, 'Active'), 'door').getByText('admin: A deployment').waitFor();
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
  });

  test('that are over are found in the history, with all that happened to them', async () => {
    const { page, violations } = await dashboard.open('admin', '/alerts?tab=history');
    const payments = page.getByRole('row').filter({ hasText: 'Payments' });
    await payments.getByText('Firing', { exact: true }).waitFor();
    await dashboard.client.overrideAlerts('payments', { high_error_rate: { enabled: false } });
    await page.getByLabel('State').selectOption('Resolved');
    await payments.getByText('Resolved', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?tab=history&state=resolved');
    expect(await page.getByRole('row').count()).toBe(2);

    await payments.getByRole('link').click();
    const drawer = page.getByRole('dialog', { name: 'Payments: High error rate' });
    const timeline = drawer.getByRole('list', { name: 'Timeline' }).getByRole('listitem');
    await timeline.nth(1).waitFor();
    expect(await timeline.nth(0).textContent()).toMatch(/^Resolved/);
    expect(await timeline.nth(1).textContent()).toMatch(/^Fired.*50\.0% error rate \(20\/40/);
    await timeline.nth(0).getByText('Written to a file').waitFor();
    expect(await violations()).toEqual([]);

    await page.reload();
    await timeline.nth(1).waitFor();
    await drawer.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('combobox', { name: 'Bot' }).click();
    await page.keyboard.type('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('No alerts match these filters').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('row').filter({ hasText: 'Invoices' }).waitFor();
  });

  test('are judged by what is set for all bots, beside which stands what it would be without', async () => {
    const { page, violations } = await dashboard.open('admin', '/alerts?tab=settings');
    const rule = page.getByRole('region', { name: 'Slow processing' });
    const limit = rule.getByLabel('Fires when p95 is above');
    await limit.fill('-5');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved. Correct the marked fields.').waitFor();
    await waitForNote(limit, /^Enter a number /);
    expect(await limit.evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true);
    expect(await violations()).toEqual([]);
    await limit.fill('2500');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Saved\. The settings apply/).waitFor();
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    await waitForNote(limit, 'Default: off');

    const reader = await dashboard.open('read', '/alerts?tab=settings');
    await reader.page.getByText('2500 ms overridden').waitFor();
    expect(await reader.violations()).toEqual([]);

    await page.reload();
    expect(await limit.inputValue()).toBe('2500');
    await rule.getByRole('button', { name: 'Reset Fires when p95 is above' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Saved\. The settings apply/).waitFor();
    expect(await limit.inputValue()).toBe('');
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
  });

  test('reach receivers that were tried before, and tell what each answered', async () => {
    const { page, violations } = await dashboard.open('admin', '/alerts?tab=settings');
    const receivers = page.getByRole('region', { name: 'Receivers' });
    const line = (text: string) => receivers.getByRole('listitem').filter({ hasText: text });
    await line('ops@example.com').getByRole('button', { name: 'Send test' }).click();
    await line('ops@example.com')
      .getByText(/^ ?Arrived: written as /)
      .waitFor();

    await receivers.getByText('Custom').click();
    const list = receivers.getByLabel('Mail addresses and URLs');
    await list.fill('pagerduty://short');
    await page.getByRole('button', { name: 'Save' }).click();
    await waitForNote(list, /32 letters and digits/);
    const routingKey = '0123456789abcdef0123456789abcdef';
    await list.fill(`telegram://-100123, ops@example.com pagerduty://${routingKey}`);
    await line('telegram://').getByRole('button', { name: 'Send test' }).click();
    await line('telegram://')
      .getByText(/an alert would be tried again: no bot can send it/)
      .waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Saved\. The settings apply/).waitFor();
    await line('pagerduty://***-').waitFor();
    expect(await violations()).toEqual([]);
    expect(await page.content()).not.toContain(routingKey);

    await receivers.getByText('Default', { exact: true }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await line('ops@example.com').waitFor();
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
  });

  test('are looked into and silenced by the keyboard alone', async () => {
    const { page } = await dashboard.open('admin', '/alerts');
    const link = row(page, 'Invoices').getByRole('link', { name: 'Invoices' });
    await link.focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Invoices: High error rate' });
    const silence = drawer.getByRole('button', { name: 'Silence' });
    await silence.waitFor();
    await tabTo(page, silence);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Silence Invoices' });
    await dialog.waitFor();
    await dialog.locator(':focus').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await waitForFocus(silence);

    await page.keyboard.press('Enter');
    await tabTo(page, dialog.getByRole('button', { name: 'Cancel' }));
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await waitForFocus(silence);

    await page.keyboard.press('Enter');
    await tabTo(page, dialog.getByLabel('Reason'));
    await page.keyboard.type(' by the night shift');
    await page.keyboard.press('Enter');
    await drawer.getByText(/holds back its mails until .* by the night shift/).waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await waitForFocus(link);
  });

  test('show their condition over time, the notified receivers and the notes', async () => {
    const { page, violations } = await dashboard.open('admin', '/alerts?tab=history');
    await page.getByRole('row').filter({ hasText: 'Invoices' }).getByRole('link').first().click();
    const drawer = page.getByRole('dialog', { name: 'Invoices: High error rate' });
    const chart = /^Error rate of the last 15 min\. Held in \d+ of \d+ minutes, .* line 10%\.$/;
    await drawer.getByRole('img', { name: chart }).waitFor();
    await drawer.getByRole('button', { name: 'Fires above' }).waitFor();
    const fired = drawer.getByRole('list', { name: 'Timeline' }).getByRole('listitem').last();
    await fired.getByText('Written to a file').waitFor();
    await fired.getByText('ops@example.com', { exact: true }).waitFor();
    const events = await drawer
      .getByRole('link', { name: 'Events before and after' })
      .getAttribute('href');
    expect(events).toMatch(/\/events\?bot_id=invoices&from=/);

    const note = drawer.getByLabel('Note', { exact: true });
    await tabTo(page, note);
    await page.keyboard.type('Pool was too small');
    await page.getByRole('row').filter({ hasText: 'Payments' }).getByRole('link').first().click();
    const question = page.getByRole('dialog', { name: 'Discard your changes?' });
    await question.getByRole('button', { name: 'Keep editing' }).click();
    await question.waitFor({ state: 'detached' });
    await note.press('Enter');
    const notes = drawer.getByRole('list', { name: 'Notes' });
    await notes.getByText('Pool was too small').waitFor();
    await drawer
      .getByRole('list', { name: 'Marks in the charts' })
      .getByText('Pool was too small')
      .waitFor();
    expect(await note.inputValue()).toBe('');
    expect(await violations()).toEqual([]);

    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(await page.evaluate(BEYOND_DRAWER)).toBe(0);
    expect(await violations()).toEqual([]);
  });

  test('can be read and not be changed with the read token', async () => {
    const { page } = await dashboard.open('read', '/alerts');
    const writing = page.getByRole('button', { name: /silence|end|save|reset|discard/i });
    for (const [tab, , text] of VIEWS) {
      // From its start: the menu has "Alerts 3 firing".
      await page.getByRole('link', { name: new RegExp(`^${tab}`) }).click();
      await page.getByText(text).first().waitFor();
      expect(await writing.count()).toBe(0);
      expect(await page.getByRole('textbox').count()).toBe(0);
    }
    await page.getByRole('link', { name: /^Firing/ }).click();
    await row(page, 'Invoices').getByRole('link', { name: 'Invoices' }).click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    expect(await writing.count()).toBe(0);
  });

  test.each(VIEWS)('fit a phone: %s', async (_tab, path, text) => {
    const { page, violations } = await dashboard.open('admin', path, PHONE);
    await page.getByText(text).first().waitFor();
    expect(await cutOffAt(page)).toEqual([]);
    expect(await violations()).toEqual([]);
  });
});

/** A framed part of the page. */
function group(page: Page, title: string): Locator {
  return page.getByRole('region', { name: title });
}

function row(scope: Page | Locator, text: string): Locator {
  return scope.getByRole('listitem').filter({ hasText: text });
}
