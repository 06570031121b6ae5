/** Ten thousand bots: the page stays as quick as with ten. How quick, `bench/dashboard.ts` measures. */
import { until } from '@hookpulse/common/testing/until';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '../setup/requirements.ts';
import { type Dashboard, openDashboard } from './support/open-dashboard.ts';
import { seededBot, seededTraffic } from './support/seed-dashboard.ts';

const BOTS = 10_000;
const PATIENCE_MS = 120_000;

describeInBrowser('a fleet of 10,000 bots', (browserAddress) => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    const nowMs = Date.now();
    const ids = Array.from({ length: BOTS }, (_, n) => `bot-${String(n).padStart(5, '0')}`);
    dashboard = await openDashboard(browserAddress, {
      seed: {
        bots: ids.map((id) => seededBot(id, `Name of ${id}`, nowMs)),
        events: ids.flatMap((id) =>
          seededTraffic(id, 1, { spanMs: 600_000, nowMs, failsOneIn: 0 }),
        ),
      },
    });
    // While the past of all bots is being stored, a busy machine may answer 503.
    const isCounted = async () => {
      const { summary } = await dashboard.client.fleetHealth();
      return Number(summary.total_events_last_15min) >= BOTS;
    };
    await until('the past to be counted', isCounted, PATIENCE_MS);
  });
  afterAll(() => dashboard?.close());
  afterEach(async () => expect(await dashboard.closePages()).toEqual([]));

  test('is drawn where it is looked at, and found by search', async () => {
    const { page } = await dashboard.open('read', '/?sort=name');
    await page.getByText('10,000 of 10,000 bots').waitFor();
    const rows = page.getByRole('table', { name: 'Bots' }).getByRole('row');
    expect(await rows.count()).toBeLessThan(80);
    await page.keyboard.press('End');
    await page.getByRole('link', { name: 'Name of bot-09999' }).waitFor();
    await page.keyboard.press('Home');
    await page.getByRole('link', { name: 'Name of bot-00000' }).waitFor();
    await page.getByRole('searchbox').fill('bot-04242');
    await page.getByText('1 of 10,000 bots').waitFor();
    await page.getByRole('link', { name: 'Name of bot-04242' }).click();
    await page.getByRole('heading', { name: 'Name of bot-04242' }).waitFor();
  });
});
