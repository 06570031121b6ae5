/** The dashboard behind a proxy that shows it under a path (`PUBLIC_URL`). */
import { until } from '@hookpulse/common/testing/until';
import { expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { openDashboard, TOKENS } from './support/open-dashboard.ts';

const BASE = '/ops/hookpulse';
/** The browser tells of every refused request on its console. */
const REFUSED = /401/;

describeInBrowser('under a path', (browserAddress) => {
  test('pages, links, the API, the stream and signing in stay there', async () => {
    const dashboard = await openDashboard(browserAddress, {
      env: { PUBLIC_URL: `http://ops.example.com${BASE}/` },
    });
    try {
      const { page } = await dashboard.open('nobody', `${BASE}/bots`);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      const pathIs = (path: string) =>
        until(`the page ${path}`, () => new URL(page.url()).pathname === `${BASE}${path}`);
      await page.getByLabel('Token').fill(TOKENS.admin);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Bots', level: 1 }).waitFor();
      await pathIs('/bots');
      await page.getByRole('link', { name: 'Events' }).first().click();
      await page.getByRole('heading', { name: 'Events', level: 1 }).waitFor();
      await pathIs('/events');
      await page.reload();
      await until('the stream to be asked for', () => asked.includes(`${BASE}/api/events/stream`));
      await page.goBack();
      await pathIs('/bots');
      expect(asked.filter((path) => !path.startsWith(`${BASE}/`))).toEqual([]);
      const troubles = await dashboard.closePages();
      expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });
});
