/** A full disk under each thing that is written: Hookpulse says so, and goes on when there is room again. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeUnless } from '../setup/requirements.ts';
import { HookpulseClient, type RegisteredBot } from '../support/hookpulse-client.ts';
import { type HookpulseProcess, startHookpulse } from '../support/hookpulse-process.ts';
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from './small-disk.ts';

const LOG_MIB = 64;
const STORE_MIB = 192;
const OUTBOX_MIB = 4;
/** The start, and pauses between attempts that grow to half a minute. */
const TIMEOUT_MS = 300_000;
const PATIENCE_MS = 120_000;
const DELIVERIES_AFTERWARDS = 20;
/** So that a log whose files have some room left comes to its end. */
const LARGE_TEXT = 'x'.repeat(20_000);

describeUnless(whyNoSmallDisk(), 'a full disk', () => {
  let dataDir: string;
  let hookpulse: HookpulseProcess;
  let client: HookpulseClient;
  let bot: RegisteredBot;
  const disks = new Map<'log' | 'store' | 'outbox', SmallDisk>();
  const deliveries = { acknowledged: 0, nextUpdateId: 1 };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-disk-'));
    disks.set('log', mountSmallDisk(dataDir, LOG_MIB));
    disks.set('store', mountSmallDisk(join(dataDir, 'chdb'), STORE_MIB));
    disks.set('outbox', mountSmallDisk(join(dataDir, 'outbox'), OUTBOX_MIB));
    hookpulse = await startHookpulse(dataDir, { WEBHOOK_PROCESSING_TIMEOUT: '86400' });
    const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    client = new HookpulseClient(hookpulse.urls, adminToken);
    bot = await client.registerBot('full');
  }, TIMEOUT_MS);
  afterAll(async () => {
    await hookpulse?.stop('SIGKILL');
    for (const disk of [...disks.values()].toReversed()) disk.unmount();
    await rm(dataDir, { recursive: true, force: true });
  });

  function diskOf(what: 'log' | 'store' | 'outbox'): SmallDisk {
    const disk = disks.get(what);
    if (!disk) throw new Error(`${what} has no disk of its own`);
    return disk;
  }

  async function deliver(text = 'hello'): Promise<Response> {
    const updateId = deliveries.nextUpdateId++;
    const update = { update_id: updateId, message: { message_id: updateId, text } };
    const answer = await client.deliver(bot.botId, bot.secret, update);
    if (answer.status === 200) deliveries.acknowledged += 1;
    return answer;
  }

  async function isReady(url: string): Promise<boolean> {
    return (await fetch(`${url}/readyz`)).status === 200;
  }

  /** @param check - the name of the check that has to fail, and what it says */
  async function expectUnready(url: string, [check, said]: [string, RegExp]): Promise<void> {
    await until(
      `${check} to be told as unready`,
      async () => {
        const response = await fetch(`${url}/readyz`);
        if (response.status !== 503) return false;
        const text = await response.text();
        // Which file it is, and what the engine said of it, is for the log.
        expect(text).not.toContain(dataDir);
        const { details } = JSON.parse(text) as { details: { field: string; message: string }[] };
        return details.some(({ field, message }) => field === check && said.test(message));
      },
      PATIENCE_MS,
    );
  }

  async function expectRecovered(): Promise<void> {
    for (const url of Object.values(hookpulse.urls)) {
      await until(`${url} to be ready`, () => isReady(url), PATIENCE_MS);
    }
    for (let n = 0; n < DELIVERIES_AFTERWARDS; n += 1) {
      expect((await deliver()).status).toBe(200);
    }
    const received = async () => {
      const { hourly } = await client.botHealth(bot.botId);
      return hourly.reduce((sum, hour) => sum + hour.requests_received, 0);
    };
    await until(
      'everything acknowledged to be counted',
      async () => (await received()) >= deliveries.acknowledged,
      PATIENCE_MS,
    );
    expect(await received()).toBe(deliveries.acknowledged);
  }

  test(
    'under the log: deliveries are put off, and nothing acknowledged is lost',
    async () => {
      expect((await deliver()).status).toBe(200);
      await diskOf('log').fill();
      const refused = await until('a delivery to be put off', async () => {
        const answer = await deliver(LARGE_TEXT);
        return answer.status !== 200 && answer;
      });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      await expectUnready(hookpulse.urls.ingest, ['log', /^does not (accept messages|answer)/]);
      await diskOf('log').free();
      await expectRecovered();
    },
    TIMEOUT_MS,
  );

  test(
    'under the store: deliveries are taken, and counted when there is room',
    async () => {
      await diskOf('store').fill();
      for (let n = 0; n < DELIVERIES_AFTERWARDS; n += 1) {
        expect((await deliver()).status).toBe(200);
      }
      await expectUnready(hookpulse.urls.aggregator, [
        'store',
        /^(fails to store|does not answer)/,
      ]);
      expect(await isReady(hookpulse.urls.ingest)).toBe(true);
      await diskOf('store').free();
      await expectRecovered();
    },
    TIMEOUT_MS,
  );

  test(
    'under the outbox: alerts wait, and are written when there is room',
    async () => {
      await diskOf('outbox').fill();
      const errors = Array.from({ length: 30 }, () => ({
        bot_id: bot.botId,
        event_type: 'error',
        error_type: 'ValueError',
      }));
      expect((await client.report(bot.reportToken, errors)).status).toBe(202);
      await expectUnready(hookpulse.urls.alerter, ['outbox', /^cannot be written \(ENOSPC\)/]);
      await diskOf('outbox').free();
      const mails = await until(
        'the mail to be written',
        async () => {
          const names = await readdir(join(dataDir, 'outbox'));
          const written = names.filter((name) => name.endsWith('.eml'));
          return written.length > 0 && written;
        },
        PATIENCE_MS,
      );
      expect(mails).toHaveLength(1);
      await expectRecovered();
    },
    TIMEOUT_MS,
  );
});
