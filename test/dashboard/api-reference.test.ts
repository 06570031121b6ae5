/** The page of the API at `/api/docs`, on which requests can be tried. */
import { expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { openDashboard, TOKENS } from './support/open-dashboard.ts';

const BASE = '/ops/hookpulse';
/** The browser tells of every refused request on its console. */
const REFUSED = /401/;

describeInBrowser('the page of the API', (browserAddress) => {
  test('asks with the session, else with a token, and only here', async () => {
    const dashboard = await openDashboard(browserAddress, {
      env: { PUBLIC_URL: `http://ops.example.com${BASE}/` },
    });
    try {
      const { page } = await dashboard.open('admin', `${BASE}/api/docs`);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      const operation = page.locator('#operations-bots-get_api_bots');
      const statusAnswered = async () => {
        const answered = page.waitForResponse(`${dashboard.urls.queryApi}${BASE}/api/bots`);
        await operation.getByRole('button', { name: 'Execute' }).click();
        return (await answered).status();
      };
      await operation.locator('.opblock-summary-control').click();
      expect(await statusAnswered()).toBe(200);
      await operation.locator('.live-responses-table').getByText('"bots"').waitFor();

      await page.context().clearCookies();
      expect(await statusAnswered()).toBe(401);
      await page.getByRole('button', { name: 'Authorize' }).first().click();
      const tokens = page.locator('.auth-container').filter({ hasText: 'bearer' });
      await tokens.getByRole('textbox').fill(TOKENS.read);
      await tokens.getByRole('button', { name: /authorize|apply/i }).click();
      await page.locator('.auth-btn-wrapper').getByText('Close').first().click();
      expect(await statusAnswered()).toBe(200);

      const elsewhere = asked.filter(
        (url) => !url.startsWith(`${dashboard.urls.queryApi}${BASE}/`),
      );
      expect(elsewhere.filter((url) => !url.startsWith('data:'))).toEqual([]);
      const troubles = await dashboard.closePages();
      expect(troubles.filter((trouble) => !REFUSED.test(trouble))).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });
});
