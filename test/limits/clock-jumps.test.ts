/**
 * The clock of all services jumps forward and back while traffic goes on. Engines keep the machine's
 * clock, so this is also what a Kafka whose clock is an hour off looks like.
 */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXACT, type ReckonedCluster, startReckonedCluster } from '../chaos/reckoned-cluster.ts';
import { describeWithLocalKafka } from '../setup/requirements.ts';

const BOTS = 20;
const REQUESTS_PER_SECOND = 200;
const REQUESTS_AFTER_JUMP = 200;
/** Ahead of the machine's clock. In the end all that was counted lies in the past. */
const CLOCKS_MS = [0, HOUR_MS, 0, -HOUR_MS, 0, HOUR_MS];
const TIMEOUT_MS = 400_000;

const PRELOADED = pathToFileURL(join(import.meta.dirname, '..', 'support', 'movable-clock.mjs'));

describeWithLocalKafka('jumps of the clock', () => {
  let folder: string;
  let cluster: ReckonedCluster;

  /** Replaced as a whole, because services read it all the time. */
  async function setClock(aheadMs: number): Promise<void> {
    await writeFile(join(folder, 'next'), `${aheadMs}`);
    await rename(join(folder, 'next'), join(folder, 'clock'));
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookpulse-clock-'));
    await setClock(0);
    cluster = await startReckonedCluster(
      // Nothing is dated later than the earliest clock.
      { seed: 20_260_212, bots: BOTS, nowMs: Date.now() - HOUR_MS },
      {
        hasMailServer: true,
        env: {
          NODE_OPTIONS: `--import=${PRELOADED}`,
          MOVABLE_CLOCK_FILE: join(folder, 'clock'),
          // Well above what the traffic has.
          WEBHOOK_ERROR_RATE_THRESHOLD: '0.5',
        },
      },
    );
  }, TIMEOUT_MS);

  afterAll(async () => {
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test(
    'an hour forward and back: nothing is lost or doubled, and no bot is reported',
    async () => {
      const { services, mailServer } = cluster.system;
      const traffic = cluster.traffic(REQUESTS_PER_SECOND);
      for (const aheadMs of CLOCKS_MS) {
        await setClock(aheadMs);
        await traffic.acknowledged(REQUESTS_AFTER_JUMP);
        await Promise.all(services.map((service) => service.ready()));
      }
      const { unexpectedAnswers } = await traffic.stop();
      expect(unexpectedAnswers).toEqual(new Map());
      expect(await cluster.reckon()).toMatchObject(EXACT);
      expect(services.flatMap(({ crashes }) => crashes)).toEqual([]);
      expect(mailServer?.mails.map(({ parsed }) => parsed.subject)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
