/** Bots as their administrator has them: added, changed, given new secrets, disabled, deleted, erased. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser } from '../setup/requirements.ts';
import { tabTo, waitForFocus, waitForNote } from './support/keyboard.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { cutOffAt, PHONE } from './support/phone.ts';
import { seededBot, seededTraffic, WEBHOOK_SECRET } from './support/seed-dashboard.ts';

const SPAN_MS = 300_000;
const UPDATE = { update_id: 1, message: {} };
/** The browser tells of every refused request on its console. */
const REFUSED = /40[049]/;
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };

describeInBrowser('bots', (browserAddress) => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    const nowMs = Date.now();
    const span = { spanMs: SPAN_MS, nowMs, failsOneIn: 0 };
    const ids = ['shop', 'invoices', 'payments', 'parking', 'old'];
    dashboard = await openDashboard(browserAddress, {
      seed: {
        bots: ids.map((id) => seededBot(id, `The ${id}`, nowMs)),
        events: [...seededTraffic('shop', 20, span), ...seededTraffic('old', 20, span)],
      },
    });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  const deliver = async (botId: string, secret: string) =>
    (await dashboard.client.deliver(botId, secret, UPDATE)).status;

  test('are found, and added with secrets that are shown only once', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots', CLIPBOARD);
    await page.getByRole('searchbox').fill('park');
    await page.getByText('1 of 5 bots').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('5 of 5 bots').waitFor();
    expect(await violations()).toEqual([]);

    await page.getByRole('button', { name: 'Add bot' }).click();
    const form = page.getByRole('dialog', { name: 'Add a bot' });
    await form.getByLabel('Name').fill('Table bookings');
    expect(await form.getByLabel('Id').inputValue()).toBe('table-bookings');
    expect(await violations()).toEqual([]);
    await form.getByRole('button', { name: 'Add bot' }).click();

    const shown = page.getByRole('dialog', { name: 'Table bookings is registered' });
    await shown.getByRole('button', { name: 'Copy the webhook secret' }).click();
    await shown.getByText('Copied', { exact: true }).waitFor();
    const secret = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(await shown.textContent()).toContain(`secret_token=${secret}`);
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await shown.isVisible()).toBe(true);
    await shown.getByRole('link', { name: 'Go to the bot' }).click();

    await page.getByText(/The first delivery has not arrived yet/).waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.evaluate('window.wasLoaded = true');
    expect(await deliver('table-bookings', secret)).toBe(200);
    await page.getByText('The only event of the last 15 minutes succeeded.').waitFor();
    expect(await page.evaluate('window.wasLoaded')).toBe(true);
    await page.goto('/bots');
    await row(page, 'Table bookings').waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  test('are not added with a name, id or secret that cannot be, which their fields say', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?add=1');
    const form = page.getByRole('dialog', { name: 'Add a bot' });
    const submit = form.getByRole('button', { name: 'Add bot' });
    await form.getByLabel('Webhook secret').fill('not allowed');
    await form.getByLabel('Id').fill('a b');
    await submit.click();
    await waitForNote(form.getByLabel('Name'), /^Must be 1 to 100/);
    await waitForNote(form.getByLabel('Id'), /^Must be /);
    await waitForNote(form.getByLabel('Webhook secret'), /^Must be /);
    expect(await violations()).toEqual([]);
    await form.getByLabel('Name').fill('Another shop');
    await form.getByLabel('Id').fill('shop');
    await form.getByLabel('Webhook secret').fill('');
    await submit.click();
    await waitForNote(form.getByLabel('Id'), /already/);
    await expectOnlyRefusals();
  });

  test('are renamed, and judged otherwise than all others', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots');
    await row(page, 'The invoices').getByRole('link').click();
    const drawer = page.getByRole('dialog', { name: 'The invoices' });
    const name = drawer.getByLabel('Name');
    await name.fill('');
    await drawer.getByRole('button', { name: 'Rename' }).click();
    await waitForNote(name, /^Must be 1 to 100/);
    await name.fill('Bills');
    await drawer.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('dialog', { name: 'Bills' }).waitFor();
    await row(page, 'Bills').waitFor();

    const edited = page.getByRole('dialog', { name: 'Bills' });
    await edited.getByRole('button', { name: 'Alerts' }).click();
    const rule = edited.getByRole('region', { name: 'High error rate' });
    const threshold = rule.getByLabel('Fires above');
    await threshold.fill('25');
    await rule.getByLabel('Needs more than').fill('-1');
    await edited.getByRole('button', { name: 'Save' }).click();
    await waitForNote(rule.getByLabel('Needs more than'), /^Enter a whole number from /);
    expect(await violations()).toEqual([]);
    await rule.getByLabel('Needs more than').fill('3');
    await edited.getByRole('button', { name: 'Nobody' }).click();
    await edited.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Saved\. The settings apply/).waitFor();
    await waitForNote(threshold, 'All bots: 10 %');

    await edited.getByRole('link', { name: 'Go to the bot' }).click();
    await page.getByText('above 25% of more than 3 events').waitFor();
    await expectOnlyRefusals();
  });

  test('get new secrets, the old ones being accepted for a while', async () => {
    const { page, violations } = await dashboard.open(
      'admin',
      '/bots?edit=payments&section=secrets',
    );
    await page.getByRole('button', { name: 'Rotate secret…' }).click();
    const question = page.getByRole('dialog', { name: 'Rotate the webhook secret?' });
    expect(await violations()).toEqual([]);
    await question.getByRole('button', { name: 'Rotate' }).click();
    const first = await shownSecret(page, 'The new webhook secret');
    await page.getByText(/^The old one is accepted until \d/).waitFor();
    expect(await violations()).toEqual([]);
    expect(await deliver('payments', first)).toBe(200);
    expect(await deliver('payments', WEBHOOK_SECRET)).toBe(200);
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await waitForFocus(page.getByRole('button', { name: 'Rotate secret…' }));

    await page.getByRole('button', { name: 'Rotate secret…' }).click();
    await question.getByRole('button', { name: 'Not at all' }).click();
    await question.getByRole('button', { name: 'Rotate' }).click();
    await page.getByText('The old one is already refused.').waitFor();
    const second = await shownSecret(page, 'The new webhook secret');
    expect(await deliver('payments', second)).toBe(200);
    expect(await deliver('payments', first)).toBe(401);
    await page.getByRole('button', { name: 'I have copied it' }).click();

    await page.getByRole('button', { name: 'Rotate token…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate', exact: true }).click();
    const token = await shownSecret(page, 'The new report token');
    for (const accepted of [token, 'report-token-of-payments']) {
      const event = { bot_id: 'payments', event_type: 'processed', update_id: 1 };
      expect((await dashboard.client.report(accepted, event)).status).toBe(202);
    }
  });

  test('are disabled, which can be undone', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?edit=parking');
    const drawer = page.getByRole('dialog', { name: 'The parking' });
    await drawer.getByRole('button', { name: 'Disable' }).click();
    await row(page, 'The parking').getByText('Disabled').waitFor();
    expect(await deliver('parking', WEBHOOK_SECRET)).toBe(403);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('The parking is enabled again.').waitFor();
    await drawer.getByRole('button', { name: 'Disable' }).waitFor();
    expect(await violations()).toEqual([]);
    expect(await deliver('parking', WEBHOOK_SECRET)).toBe(200);
  });

  test('are deleted once their name was typed, and their history is erased on demand', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?edit=old');
    const drawer = page.getByRole('dialog', { name: 'The old' });
    await drawer.getByRole('button', { name: 'Delete…' }).click();
    const question = page.getByRole('dialog', { name: 'Delete The old?' });
    const deed = question.getByRole('button', { name: 'Delete bot' });
    await question.getByLabel('Type “The old” to confirm').fill('The ol');
    expect(await deed.isDisabled()).toBe(true);
    expect(await violations()).toEqual([]);
    await question.getByLabel('Type “The old” to confirm').fill('The old');
    await deed.click();
    await page.getByText('The old was deleted. Its history is kept.').waitFor();
    await drawer.waitFor({ state: 'detached' });
    await row(page, 'The old').waitFor({ state: 'detached' });
    expect(await deliver('old', WEBHOOK_SECRET)).toBe(404);

    await page.getByRole('button', { name: /^Erase history/ }).click();
    const erasing = page.getByRole('dialog', { name: 'Erase the history of a deleted bot' });
    await erasing.getByLabel('Bot id').fill('shop');
    await waitForNote(erasing.getByLabel('Bot id'), /^This bot is still registered/);
    await erasing.getByLabel('Type “erase” to confirm').fill('erase');
    expect(await erasing.getByRole('button', { name: 'Erase history' }).isDisabled()).toBe(true);
    expect(await violations()).toEqual([]);
    await erasing.getByLabel('Bot id').fill('old');
    await erasing.getByRole('button', { name: 'Erase history' }).click();
    await page.getByText(/^Erased for old: 40 events, \d hours? and \d alerts?\./).waitFor();
    await expectOnlyRefusals();
  });

  test('are audited: who did what to which, and what was refused', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots');
    await page.getByRole('link', { name: 'Audit' }).click();
    const table = page.getByRole('table', { name: 'Audit' });
    const entry = (text: string) => table.getByRole('row').filter({ hasText: text }).first();
    await entry('Signed in')
      .getByText(/^Admin · session \w{4}$/)
      .waitFor();
    await page.getByText('5 of 5 bots').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Bots', exact: true }).last().click();
    await row(page, 'The shop').getByRole('link').click();
    await page.getByLabel('Name').fill('Corner shop');
    await page.getByRole('button', { name: 'Rename' }).click();
    await row(page, 'Corner shop').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Audit' }).click();
    await entry('Changed a bot').getByText('shop', { exact: true }).waitFor();
    await entry('Changed a bot').getByText('name: Corner shop').waitFor();
    await entry('Changed a bot').getByText('Done').waitFor();
    await entry('Changed a bot').getByRole('link').click();
    const drawer = page.getByRole('dialog', { name: 'Changed a bot' });
    await drawer.getByText(/^Admin · session \w{4}$/).waitFor();
    await drawer.getByText('name: Corner shop').waitFor();
    await drawer.getByText('PATCH /api/bots/shop').waitFor();
    expect(await violations()).toEqual([]);
  });

  test('can be seen and not be changed with the read token', async () => {
    const { page, violations } = await dashboard.open('read', '/bots?tab=audit&edit=shop&add=1');
    await row(page, 'shop').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    const writing = page.getByRole('button', { name: /add|erase|rename|rotate|disable|delete/i });
    expect(await writing.count()).toBe(0);
    expect(await violations()).toEqual([]);
    await row(page, 'shop').getByRole('link').click();
    await page.getByText(/events of the last 15 minutes succeeded/).waitFor();
    expect(await writing.count()).toBe(0);
  });

  test('are added and deleted by the keyboard alone', async () => {
    const { page } = await dashboard.open('admin', '/bots');
    const add = page.getByRole('button', { name: 'Add bot' }).first();
    await add.waitFor();
    await tabTo(page, add);
    await page.keyboard.press('Enter');
    const form = page.getByRole('dialog', { name: 'Add a bot' });
    await waitForFocus(form.getByLabel('Name'));
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
    await waitForFocus(add);

    await page.keyboard.press('Enter');
    await waitForFocus(form.getByLabel('Name'));
    await page.keyboard.type('Aardvark');
    await page.keyboard.press('Enter');
    const shown = page.getByRole('dialog', { name: 'Aardvark is registered' });
    await shown.waitFor();
    await tabTo(page, shown.getByRole('button', { name: 'I have copied them' }));
    await page.keyboard.press('Enter');
    await shown.waitFor({ state: 'detached' });
    await waitForFocus(add);

    const link = row(page, 'Aardvark').getByRole('link');
    await link.waitFor();
    await tabTo(page, link);
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Aardvark' });
    await drawer.locator(':focus').waitFor();
    await tabTo(page, drawer.getByRole('button', { name: 'Delete…' }));
    await page.keyboard.press('Enter');
    const question = page.getByRole('dialog', { name: 'Delete Aardvark?' });
    await tabTo(page, question.getByLabel('Type “Aardvark” to confirm'));
    await page.keyboard.type('Aardvark');
    await page.keyboard.press('Enter');
    await link.waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').count()).toBe(0);
    await expectOnlyRefusals();
  });

  test.each([
    ['/bots', 'Deliveries'],
    ['/bots?tab=audit', 'Signed in'],
    ['/bots?add=1', 'Random'],
    ['/bots?edit=shop', 'Delete the bot'],
    ['/bots?edit=shop&section=alerts', 'Receivers'],
    ['/bots?edit=shop&section=secrets', 'Report token'],
    ['/bots?edit=nobody', 'Bot not found'],
  ])('fit a phone at %s', async (path, text) => {
    const { page, violations } = await dashboard.open('admin', path, PHONE);
    await page.getByText(text).or(page.getByPlaceholder(text)).first().waitFor();
    expect(await cutOffAt(page)).toEqual([]);
    expect(await violations()).toEqual([]);
    await expectOnlyRefusals();
  });

  /** Also of a bot that is asked for every so often, the very moment it is deleted. */
  async function expectOnlyRefusals(): Promise<void> {
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
  }
});

function row(page: Page, text: string): Locator {
  return page.getByRole('table').getByRole('row').filter({ hasText: text });
}

async function shownSecret(page: Page, title: string): Promise<string> {
  const secret = page.getByRole('dialog', { name: title }).locator('dd code').first();
  return (await secret.textContent()) ?? '';
}
