/** Counts under load: many bots, large updates, and the disk busy with checkpoints meanwhile. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeOnEachDeployment } from './support/deployments.ts';
import { HookpulseClient, type RegisteredBot } from './support/hookpulse-client.ts';
import type { RunningHookpulse } from './support/hookpulse-process.ts';

const BOTS = 20;
const DELIVERIES_PER_BOT = 500;
const CONCURRENT_DELIVERIES = 50;
/** Some 40 MB on the log in all: several of SQLite's checkpoints. */
const TEXT = 'x'.repeat(3_000);

describeOnEachDeployment('load', (deployment) => {
  let dataDir: string;
  let hookpulse: RunningHookpulse;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-load-'));
    hookpulse = await deployment.start(dataDir);
  });

  afterEach(async () => {
    await hookpulse?.stop('SIGTERM'); // there is none when it did not start
    await rm(dataDir, { recursive: true, force: true });
  });

  test('every delivery of every bot is counted once, without a restart of the count', async () => {
    const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    const client = new HookpulseClient(hookpulse.urls, adminToken);
    const bots: RegisteredBot[] = [];
    for (let n = 0; n < BOTS; n += 1) bots.push(await client.registerBot(`bot-${n}`));
    await deliverAll(client, bots);

    await until('the last events to be counted', async () => {
      const { summary } = await client.fleetHealth();
      return Number(summary.total_events_last_15min) >= BOTS * DELIVERIES_PER_BOT;
    });
    const fleet = await client.fleetHealth();
    const counts = Object.fromEntries(fleet.bots.map((bot) => [bot.bot_id, bot.events_last_15min]));
    expect(counts).toEqual(
      Object.fromEntries(bots.map(({ botId }) => [botId, DELIVERIES_PER_BOT])),
    );
    expect(hookpulse.output()).not.toContain('recreated');
  });
});

async function deliverAll(client: HookpulseClient, bots: readonly RegisteredBot[]): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < BOTS * DELIVERIES_PER_BOT) {
      const n = next++;
      const bot = bots[n % BOTS];
      if (!bot) throw new Error('no such bot');
      const update = { update_id: n, message: { message_id: n, text: TEXT } };
      const response = await client.deliver(bot.botId, bot.secret, update);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_DELIVERIES }, worker));
}
