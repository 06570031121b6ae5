/**
 * The clocks of all services are minutes apart, and jump forward and back by an hour while traffic goes on.
 * Engines keep the machine's clock, so this is also what a Kafka whose clock is an hour off looks like.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXACT, type ReckonedCluster, startReckonedCluster } from '../chaos/reckoned-cluster.ts';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { MOVABLE_CLOCK_OPTIONS, setClock } from '../support/movable-clock.ts';

/** Few: slices of an ingest whose clock is slow are looked up in the store, again for each partition. */
const BOTS = 4;
const REQUESTS_PER_SECOND = 50;
const REQUESTS_AFTER_JUMP = 100;
/** Updates, with a report now and then. */
const DELIVERED_SHARE = 0.9;
/** Ahead of the machine's clock, on average. In the end all that was counted lies in the past. */
const CLOCKS_MS = [0, HOUR_MS, 0, -HOUR_MS, 0, HOUR_MS];
/** Of each process beside the average, in the order in which they start. */
const APART_MS = [-4, 4, 3, -3, -2, 2].map((minutes) => minutes * MINUTE_MS);
const TIMEOUT_MS = 400_000;

describeWithLocalKafka('jumps of the clock', () => {
  let folder: string;
  let cluster: ReckonedCluster;
  let processes = 0;

  const clockOf = (process: number) => join(folder, `clock-${process}`);

  async function setClocks(aheadMs: number): Promise<void> {
    await Promise.all(
      APART_MS.map((apartMs, process) => setClock(clockOf(process), aheadMs + apartMs)),
    );
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookpulse-clock-'));
    await setClocks(0);
    cluster = await startReckonedCluster(
      {
        seed: 20_260_212,
        bots: BOTS,
        deliveredShare: DELIVERED_SHARE,
        // Nothing is dated later than the earliest clock.
        nowMs: Date.now() - 2 * HOUR_MS,
        // A repetition more than ten minutes later, by the clocks, is an event of its own.
        repeatedShare: 0,
      },
      {
        hasMailServer: true,
        launcherOf: () => ['env', `MOVABLE_CLOCK_FILE=${clockOf(processes++)}`],
        env: {
          NODE_OPTIONS: MOVABLE_CLOCK_OPTIONS,
          // Well above what the traffic has.
          WEBHOOK_ERROR_RATE_THRESHOLD: '0.5',
        },
      },
    );
    expect(processes).toBe(APART_MS.length);
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
        await setClocks(aheadMs);
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
