/** A data folder of the previous release, used by this version, and by the previous one again. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../kafka-broker/free-port.ts';
import { describeUnless } from '../setup/requirements.ts';
import { HookpulseClient, type RegisteredBot } from '../support/hookpulse-client.ts';
import { type HookpulseProcess, startHookpulse } from '../support/hookpulse-process.ts';
import { CHECKOUT } from '../support/service-process.ts';
import { expectThings, type KeptThings, makeThings } from './kept-things.ts';
import {
  checkOutPreviousRelease,
  PREVIOUS_VERSION,
  whyNoPreviousRelease,
} from './previous-checkout.ts';

const DELIVERIES = 50;
/** Three starts. */
const TIMEOUT_MS = 400_000;
const PATIENCE_MS = 120_000;

describeUnless(whyNoPreviousRelease(), `a data folder of v${PREVIOUS_VERSION}`, () => {
  let previous: string;
  let dataDir: string;
  let hookpulse: HookpulseProcess | undefined;
  let bot: RegisteredBot;
  let port: number;
  let delivered = 0;

  beforeAll(async () => {
    port = await freePort();
    previous = await checkOutPreviousRelease();
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-upgrade-'));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await hookpulse?.stop('SIGKILL');
    for (const folder of [previous, dataDir]) {
      if (folder) await rm(folder, { recursive: true, force: true });
    }
  });

  /** Starts a version, lets it work, and stops it as operators do. */
  async function runVersion(
    root: string,
    work: (client: HookpulseClient, where: { queryApi: string; adminToken: string }) => unknown,
  ): Promise<void> {
    // The name of the session cookie has the port.
    const env = { WEBHOOK_PROCESSING_TIMEOUT: '86400', QUERY_API_PORT: `${port}` };
    hookpulse = await startHookpulse(dataDir, env, { root });
    const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    const { queryApi } = hookpulse.urls;
    await work(new HookpulseClient(hookpulse.urls, adminToken), { queryApi, adminToken });
    expect(await hookpulse.stop('SIGTERM')).toBe(0);
  }

  async function expectCounted(client: HookpulseClient): Promise<void> {
    for (let n = 0; n < DELIVERIES; n += 1) {
      delivered += 1;
      const update = { update_id: delivered, message: { message_id: delivered, text: 'hello' } };
      expect((await client.deliver(bot.botId, bot.secret, update)).status).toBe(200);
    }
    // A busy store may answer 503 once.
    const counted = await until(
      'all deliveries to be counted',
      async () => {
        const { hourly } = await client.botHealth(bot.botId);
        const received = hourly.reduce((sum, hour) => sum + hour.requests_received, 0);
        return received >= delivered && received;
      },
      PATIENCE_MS,
    );
    expect(counted).toBe(delivered);
  }

  test(
    'is used by this version, and by that one again',
    async () => {
      const made: KeptThings[] = [];
      await runVersion(previous, async (client, where) => {
        bot = await client.registerBot('kept');
        await expectCounted(client);
        made.push(await makeThings(where, 'made-by-previous'));
      });
      await runVersion(CHECKOUT, async (client, where) => {
        await expectCounted(client);
        for (const things of made) await expectThings(where, things);
        made.push(await makeThings(where, 'made-by-present'));
      });
      await runVersion(previous, async (client, where) => {
        await expectCounted(client);
        for (const things of made) await expectThings(where, things);
      });
    },
    TIMEOUT_MS,
  );
});
