/** The machine's clock jumps forward and back, for all services at once, while traffic goes on. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { AGGREGATOR_GROUP } from '@hookpulse/event-log/topics';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { audit } from '../chaos/audit.ts';
import { countUpdates, uncommitted } from '../chaos/log-state.ts';
import { steadyTraffic } from '../chaos/steady-traffic.ts';
import { Workload } from '../chaos/workload.ts';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { HookpulseClient, type RegisteredBot } from '../support/hookpulse-client.ts';

const BOTS = 20;
const REQUESTS_PER_SECOND = 200;
/** Between two jumps. */
const REQUESTS_PER_ROUND = 600;
/** Ahead of the machine's; the last one is so late that all that was counted lies in its past. */
const JUMPS_MS = [HOUR_MS, 0, -HOUR_MS, 0, HOUR_MS];
const TIMEOUT_MS = 400_000;
const ROUND_MS = 60_000;
const CATCH_UP_MS = 120_000;

const PRELOADED = pathToFileURL(join(import.meta.dirname, '..', 'support', 'movable-clock.mjs'));

describeWithLocalKafka('jumps of the clock', () => {
  let folder: string;
  let system: Cluster;
  let client: HookpulseClient;
  let log: EventLog;
  let store: ClickHouseClient;
  const bots = new Map<string, RegisteredBot>();
  const workload = new Workload({
    seed: 20_260_212,
    events: Number.MAX_SAFE_INTEGER,
    bots: BOTS,
    nowMs: Date.now() - HOUR_MS,
  });

  /** Whole at every moment, as services read it all the time. */
  async function setClock(aheadMs: number): Promise<void> {
    await writeFile(join(folder, 'next'), `${aheadMs}`);
    await rename(join(folder, 'next'), join(folder, 'clock'));
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookpulse-clock-'));
    await setClock(0);
    system = await startCluster({
      hasMailServer: true,
      env: {
        NODE_OPTIONS: `--import=${PRELOADED}`,
        MOVABLE_CLOCK_FILE: join(folder, 'clock'),
        // Well above what the traffic has.
        WEBHOOK_ERROR_RATE_THRESHOLD: '0.5',
      },
    });
    client = new HookpulseClient(
      { ingest: system.ingestUrls[0] ?? '', queryApi: system.queryApi.url },
      system.adminToken,
    );
    const kafka = { brokers: [system.direct.kafkaBroker], ssl: false, sasl: null };
    log = await openEventLog(
      { kafka, dataDir: '', retentionDays: 1, clientId: 'clock' },
      silentLogger,
    );
    store = await openClickHouse({ url: system.direct.clickhouseUrl, dataDir: '' });
    for (const botId of workload.botIds) bots.set(botId, await client.registerBot(botId));
  }, TIMEOUT_MS);

  afterAll(async () => {
    await store?.close();
    await log?.close();
    await system?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test(
    'an hour forward and an hour back: nothing is lost or doubled, and no bot is reported',
    async () => {
      let acknowledged = 0;
      const traffic = steadyTraffic(workload, {
        ingestUrls: system.ingestUrls,
        bots,
        adminToken: system.adminToken,
        perSecond: REQUESTS_PER_SECOND,
        onAcknowledged: () => {
          acknowledged += 1;
        },
      });
      const round = async () => {
        const start = acknowledged;
        await until('a round', () => acknowledged - start > REQUESTS_PER_ROUND, ROUND_MS);
      };
      await round();
      for (const aheadMs of JUMPS_MS) {
        await setClock(aheadMs);
        await round();
      }
      const { unexpectedAnswers } = await traffic.stop();
      expect(unexpectedAnswers).toEqual(new Map());
      await until(
        'the aggregators to catch up',
        async () => (await uncommitted(log, AGGREGATOR_GROUP)) === 0n,
        CATCH_UP_MS,
      );
      const updatesPassedOn = await countUpdates(log);
      expect(await audit(workload.truth, { store, client, updatesPassedOn })).toMatchObject({
        lost: 0,
        doubled: 0,
        windowsOff: 0,
        differences: [],
      });
      const services = [
        ...system.ingests,
        ...system.aggregators,
        ...system.alerters,
        system.queryApi,
      ];
      await Promise.all(services.map((service) => service.ready()));
      expect(services.flatMap(({ crashes }) => crashes)).toEqual([]);
      expect(system.mailServer?.mails.map(({ parsed }) => parsed.subject)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
