/** Signing in and out, and what the shell around every page offers. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { type Dashboard, openDashboard, TOKENS } from './support/open-dashboard.ts';
import { seededBot } from './support/seed-dashboard.ts';

/** The browser tells of every refused request on its console. */
const REFUSED = /401/;

describeInBrowser('the session', (browserAddress) => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    const bots = [seededBot('shop', 'Shop', Date.now())];
    dashboard = await openDashboard(browserAddress, { seed: { bots, events: [] } });
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => {
    const troubles = await dashboard.closePages();
    expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
  });

  test('begins with a token, where one is', async () => {
    const { page, violations, troubles } = await dashboard.open('nobody', '/bots/shop?range=7d');
    await page.getByRole('heading', { name: 'Sign in to Hookpulse' }).waitFor();
    expect(troubles).toEqual([]);
    expect(await violations()).toEqual([]);
    await page.getByLabel('Token').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('Invalid token: it is unknown, revoked or expired').waitFor();
    await page.getByLabel('Token').fill(TOKENS.read);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Shop' }).waitFor();
    expect(page.url()).toMatch(/\/bots\/shop\?range=7d$/);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('from the sign-in page leads to where one came from, and never elsewhere', async () => {
    const { page } = await dashboard.open('nobody', '/sign-in?next=%2Fbots%2Fshop');
    await page.getByLabel('Token').fill(TOKENS.admin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Shop' }).waitFor();
    await page.goto('/sign-in?next=%2F%2Fevil.example');
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
  });

  test('that ends asks for the token, and goes on where one was', async () => {
    const { page } = await dashboard.open('admin', '/?q=sho');
    await page.getByRole('link', { name: 'Shop' }).waitFor();
    await page.context().clearCookies();
    await page.getByLabel('Token').fill(TOKENS.admin);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Shop' }).waitFor();
    expect(page.url()).toMatch(/\?q=sho$/);
  });

  test('ends on demand', async () => {
    const { page } = await dashboard.open('read', '/');
    await page.getByRole('button', { name: 'Sign out (read)' }).click();
    await page.getByRole('heading', { name: 'Sign in to Hookpulse' }).waitFor();
  });

  test('is used by the keyboard alone, in the colours that were chosen', async () => {
    const { page } = await dashboard.open('read', '/bots/shop', { colorScheme: 'light' });
    await page.getByRole('heading', { name: 'Shop' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Use light colours' }).waitFor();
  });

  test('of another browser is listed, and ended from here', async () => {
    const other = await dashboard.open('read', '/bots');
    const { page, violations } = await dashboard.open('admin', '/bots?tab=sessions');
    const table = page.getByRole('table', { name: 'Sessions' });
    await table.getByText('ADMIN_TOKEN (this browser)').waitFor();
    expect(await violations()).toEqual([]);
    await table
      .getByRole('row', { name: 'READ_TOKEN' })
      .first()
      .getByRole('button', { name: 'End the session' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'End this session?' });
    await dialog.getByRole('button', { name: 'End session' }).click();
    await dialog.waitFor({ state: 'detached' });
    await other.page.reload();
    await other.page.getByLabel('Token').waitFor();
  });

  test('with a named token lasts until that is revoked', async () => {
    const { page, violations } = await dashboard.open('admin', '/bots?tab=tokens');
    await page.getByRole('button', { name: 'Create token' }).click();
    const form = page.getByRole('dialog', { name: 'Create a token' });
    await form.getByLabel('Name').fill('Grafana');
    await form.getByRole('combobox', { name: 'Bots' }).click();
    await form.getByRole('option', { name: 'Shop' }).click();
    await form.getByRole('list', { name: 'Chosen bots' }).getByText('Shop').waitFor();
    expect(await violations()).toEqual([]);
    await form.getByRole('button', { name: 'Create token' }).click();
    const shown = page.getByRole('dialog', { name: 'Grafana was created' });
    const token = (await shown.locator('code').textContent()) ?? '';
    expect(token).toMatch(/^hp_[\w-]{43}$/);
    expect(await violations()).toEqual([]);
    await shown.getByRole('button', { name: 'I have copied it' }).click();

    const other = await dashboard.open('nobody', '/bots');
    await other.page.getByLabel('Token').fill(token);
    await other.page.keyboard.press('Enter');
    await other.page.getByText('1 of 1 bots').waitFor();
    expect(await other.page.getByRole('link', { name: 'Tokens' }).count()).toBe(0);
    expect(await other.page.getByRole('button', { name: 'Add bot' }).count()).toBe(0);

    const row = page.getByRole('row', { name: 'Grafana' });
    await row.getByText('Shop').waitFor();
    expect(await page.content()).not.toContain(token);
    await row.getByRole('button', { name: 'Revoke Grafana' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke Grafana?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await row.getByRole('button', { name: 'Revoke Grafana' }).click();
    await dialog.getByRole('button', { name: 'Revoke token' }).click();
    await page.getByRole('heading', { name: 'No named tokens yet' }).waitFor();
    await other.page.reload();
    await other.page.getByLabel('Token').waitFor();
  });
});
