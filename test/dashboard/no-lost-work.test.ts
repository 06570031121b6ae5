/** What somebody has typed, and secrets that are shown once: whatever happens meanwhile, they are not lost. */
import { until } from '@hookpulse/common/testing/until';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { askAsAdmin } from './support/ask-api.ts';
import { waitForFocus, waitForNote } from './support/keyboard.ts';
import { type Dashboard, openDashboard, TOKENS } from './support/open-dashboard.ts';
import { refreshNow } from './support/refresh-now.ts';
import { seededBot } from './support/seed-dashboard.ts';

/** What the browser tells of a session that a test ends, and of bodies and versions that are refused. */
const REFUSED = /40[014]|412/;
const ENV = { ADMIN_EMAIL: 'ops@example.com' };

describeInBrowser('what is typed', (browserAddress) => {
  let dashboard: Dashboard;

  beforeAll(async () => {
    const bots = ['shop', 'pay', 'door', 'desk'].map((id) => seededBot(id, id, Date.now()));
    dashboard = await openDashboard(browserAddress, { env: ENV, seed: { bots, events: [] } });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => {
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
  });

  const open = async (path: string) => (await dashboard.open('admin', path)).page;
  const stored = (id: string) => askAsAdmin(dashboard, 'GET', `/api/bots/${id}`);

  test('stays when somebody else saves, whose other fields are followed', async () => {
    const page = await open('/bots?edit=pay&section=alerts');
    const rule = page.getByRole('region', { name: 'High error rate' });
    await rule.getByLabel('Fires above').fill('25');
    await askAsAdmin(dashboard, 'PATCH', '/api/bots/pay', {
      alerts: { high_error_rate: { min_events: 7 } },
    });
    await refreshNow(page);
    await until(
      'what somebody else has saved',
      async () => (await rule.getByLabel('Needs more than').inputValue()) === '7',
    );
    expect(await rule.getByLabel('Fires above').inputValue()).toBe('25');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Saved\./).waitFor();
    expect(await stored('pay')).toMatchObject({
      alerts: { high_error_rate: { threshold: 0.25, min_events: 7 } },
    });
  });

  test('does not undo in silence what somebody else has saved in the same field', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?edit=shop');
    const drawer = page.getByRole('dialog', { name: /shop/i });
    const name = drawer.getByLabel('Name');
    const theirs = page.getByRole('dialog', { name: 'Someone else changed this' });
    await name.fill('My shop');
    await askAsAdmin(dashboard, 'PATCH', '/api/bots/shop', { name: 'Their shop' });
    await page.getByRole('button', { name: 'Rename' }).click();
    await theirs.getByRole('cell', { name: 'Their shop' }).waitFor();
    await theirs.getByRole('cell', { name: 'My shop' }).waitFor();
    expect(await violations()).toEqual([]);
    await theirs.getByRole('button', { name: 'Keep theirs' }).click();
    await theirs.waitFor({ state: 'detached' });
    expect(await name.inputValue()).toBe('Their shop');
    expect(await stored('shop')).toMatchObject({ name: 'Their shop' });

    await name.fill('My shop');
    await askAsAdmin(dashboard, 'PATCH', '/api/bots/shop', { name: 'Another shop' });
    await page.getByRole('button', { name: 'Rename' }).click();
    await theirs.getByRole('button', { name: 'Keep yours' }).click();
    await page.getByText('Renamed to My shop.').waitFor();
    expect(await stored('shop')).toMatchObject({ name: 'My shop' });
  });

  test('outlives the session: signing in is asked for over the page', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?edit=door');
    const name = page.getByLabel('Name');
    await name.fill('Door bell');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Rename' }).click();
    const question = page.getByRole('dialog', { name: 'Sign in again' });
    await question.waitFor();
    expect(await violations()).toEqual([]);
    expect(await name.inputValue()).toBe('Door bell');
    await question.getByLabel('Token').fill(TOKENS.read);
    await page.keyboard.press('Enter');
    await question.getByText(/^This token allows less than the previous one\./).waitFor();
    await question.getByLabel('Token').fill(TOKENS.admin);
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    expect(await name.inputValue()).toBe('Door bell');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByText('Renamed to Door bell.').waitFor();
  });

  test('is discarded only when that was agreed to: tabs, Back, Escape, other pages, reload', async () => {
    const page = await open('/alerts');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    const field = page.getByRole('region', { name: 'No traffic' }).getByLabel('Fires after');
    await field.fill('77');
    const question = page.getByRole('dialog', { name: 'Discard your changes?' });
    const stay = async () => {
      await question.getByRole('button', { name: 'Keep editing' }).click();
      await question.waitFor({ state: 'detached' });
      expect(await field.inputValue()).toBe('77');
    };
    await page.getByRole('link', { name: 'Silences' }).click();
    await stay();
    await page.goBack();
    await stay();
    await page.getByRole('link', { name: 'Fleet' }).click();
    await stay();
    await page.getByRole('heading', { name: 'Alerts' }).focus();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await stay();
    await page.getByRole('button', { name: /^Sign out/ }).click();
    await stay();
    const asked = page.waitForEvent('dialog');
    const reloading = page.reload().catch(() => undefined);
    const browsers = await asked;
    expect(browsers.type()).toBe('beforeunload');
    await browsers.dismiss();
    await reloading;
    expect(await field.inputValue()).toBe('77');
    await page.goBack();
    await question.getByRole('button', { name: 'Discard changes' }).click();
    await page
      .getByRole('heading', { name: 'No alerts are firing' })
      .or(page.getByText('No traffic'))
      .first()
      .waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  test('stays in drawers and dialogs until that was agreed to', async () => {
    const page = await open('/bots?edit=desk');
    const question = page.getByRole('dialog', { name: 'Discard your changes?' });
    const name = page.getByRole('dialog', { name: 'desk' }).getByLabel('Name');
    await name.fill('Help desk');
    await name.press('Escape');
    await question.press('Escape');
    await question.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Secrets' }).click();
    await question.getByRole('button', { name: 'Keep editing' }).click();
    await page.getByRole('row').filter({ hasText: 'pay' }).getByRole('link').click();
    await question.getByRole('button', { name: 'Keep editing' }).click();
    expect(await name.inputValue()).toBe('Help desk');
    await page.getByRole('searchbox').fill('desk');
    expect(await question.count()).toBe(0);
    await page.getByRole('button', { name: 'Close' }).click();
    await question.getByRole('button', { name: 'Discard changes' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.goto('/alerts');
    await page.getByRole('button', { name: 'New silence' }).click();
    const silence = page.getByRole('dialog', { name: 'New silence' });
    await silence.getByLabel('Reason').fill('A deployment');
    await silence.getByLabel('Reason').press('Escape');
    await question.getByRole('button', { name: 'Keep editing' }).click();
    expect(await silence.getByLabel('Reason').inputValue()).toBe('A deployment');
    await silence.getByRole('button', { name: 'Cancel' }).click();
    await question.getByRole('button', { name: 'Discard changes' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('is not undone by who disables or deletes a bot as it was before', async () => {
    const page = await open('/bots?edit=pay');
    const drawer = page.getByRole('dialog', { name: /pay/i }).first();
    const changed = page.getByText(/^Someone else changed this bot in the meantime\./);
    await drawer.getByRole('button', { name: 'Disable' }).waitFor();
    await askAsAdmin(dashboard, 'PATCH', '/api/bots/pay', { name: 'Pay desk' });
    await drawer.getByRole('button', { name: 'Disable' }).click();
    await changed.waitFor();
    expect(await stored('pay')).toMatchObject({ enabled: true });
    await page.getByRole('dialog', { name: 'Pay desk' }).waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Pay desk is disabled.').waitFor();

    await page.getByRole('button', { name: 'Delete…' }).click();
    const question = page.getByRole('dialog', { name: 'Delete Pay desk?' });
    await question.getByRole('textbox').fill('Pay desk');
    await askAsAdmin(dashboard, 'PATCH', '/api/bots/pay', { enabled: true });
    await question.getByRole('button', { name: 'Delete bot' }).click();
    await question.getByText(/^Someone else changed this bot in the meantime\./).waitFor();
    expect(await stored('pay')).toMatchObject({ enabled: true });
    await question.getByRole('button', { name: 'Delete bot' }).click();
    await page.getByText('Pay desk was deleted. Its history is kept.').waitFor();
  });

  test('comes to a bot whose secrets are shown, whatever was pressed meanwhile', async () => {
    const page = await open('/bots');
    await page.getByRole('button', { name: 'Add bot' }).first().click();
    const form = page.getByRole('dialog', { name: 'Add a bot' });
    await form.getByLabel('Name').fill('Late');
    const { promise: letThrough, resolve: answer } = Promise.withResolvers<void>();
    await page.route('**/api/bots', async (route) => {
      if (route.request().method() === 'POST') await letThrough;
      await route.continue();
    });
    await form.getByRole('button', { name: 'Add bot' }).click();
    const saving = page.getByRole('dialog', { name: 'Leave before this is saved?' });
    await page.keyboard.press('Escape');
    await saving.getByRole('button', { name: 'Wait' }).click();
    await page.goBack();
    await saving.getByRole('button', { name: 'Wait' }).click();
    answer();
    const shown = page.getByRole('dialog', { name: 'Late is registered' });
    await shown.waitFor();
    await page.keyboard.press('Escape');
    await page.goBack();
    const secrets = page.getByRole('dialog', { name: 'Have you copied the secrets?' });
    await secrets.getByRole('button', { name: 'Show them' }).click();
    await shown.getByRole('button', { name: 'I have copied them' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('and the focus in it stay when it is refused', async () => {
    const page = await open('/bots?add=1');
    const form = page.getByRole('dialog', { name: 'Add a bot' });
    await form.getByLabel('Id').fill('a b');
    const submit = form.getByRole('button', { name: 'Add bot' });
    await submit.click();
    await waitForNote(form.getByLabel('Id'), /^Must be /);
    await waitForFocus(submit);
    expect(await form.getByLabel('Id').inputValue()).toBe('a b');
  });
});
