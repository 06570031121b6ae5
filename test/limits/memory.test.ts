/** Each service within the memory limit of docker-compose.yml, under load and catching up after an absence. */
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { AGGREGATOR_GROUP } from '@hookpulse/event-log/topics';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { audit } from '../chaos/audit.ts';
import { countUpdates, uncommitted } from '../chaos/log-state.ts';
import { steadyTraffic } from '../chaos/steady-traffic.ts';
import { Workload } from '../chaos/workload.ts';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { readComposeFile } from '../support/compose-file.ts';
import { HookpulseClient, type RegisteredBot } from '../support/hookpulse-client.ts';
import type { ServiceName } from '../support/service-process.ts';
import { createMemoryGroup, type MemoryGroup, whyNoMemoryGroup } from './memory-group.ts';

const BOTS = 200;
/** More than the machine manages, so that queues are as full as they get. */
const REQUESTS_PER_SECOND = 2_000;
const REQUESTS_WITH_ALL = 5_000;
const REQUESTS_WITHOUT_AGGREGATORS = 5_000;
const TIMEOUT_MS = 600_000;
const ROUND_MS = 200_000;
const GIB = 1024 ** 3;

const reason = whyNoMemoryGroup();
const describeMemory =
  reason === null
    ? describeWithLocalKafka
    : (name: string, declareTests: () => void) =>
        describe.skip(`${name} (skipped: ${reason})`, declareTests);

describeMemory('the memory limits of docker-compose.yml', () => {
  let system: Cluster;
  let client: HookpulseClient;
  let log: EventLog;
  let store: ClickHouseClient;
  const groups = new Map<ServiceName, MemoryGroup>();
  const bots = new Map<string, RegisteredBot>();
  const workload = new Workload({
    seed: 20_260_213,
    events: Number.MAX_SAFE_INTEGER,
    bots: BOTS,
    nowMs: Date.now(),
  });

  /** Of all instances of a service together, which is stricter than of each. */
  function groupOf(name: ServiceName): MemoryGroup {
    const known = groups.get(name);
    if (known) return known;
    const group = createMemoryGroup(`hookpulse-${process.pid}-${name}`, limitOf(name));
    groups.set(name, group);
    return group;
  }

  beforeAll(async () => {
    system = await startCluster({
      ingests: 1,
      aggregators: 1,
      hasMailServer: true,
      launcherOf: (name) => groupOf(name).launcher,
    });
    client = new HookpulseClient(
      { ingest: system.ingestUrls[0] ?? '', queryApi: system.queryApi.url },
      system.adminToken,
    );
    const kafka = { brokers: [system.direct.kafkaBroker], ssl: false, sasl: null };
    log = await openEventLog(
      { kafka, dataDir: '', retentionDays: 1, clientId: 'memory' },
      silentLogger,
    );
    store = await openClickHouse({ url: system.direct.clickhouseUrl, dataDir: '' });
    for (const botId of workload.botIds) bots.set(botId, await client.registerBot(botId));
  }, TIMEOUT_MS);

  afterAll(async () => {
    await store?.close();
    await log?.close();
    await system?.close();
    for (const group of groups.values()) group.remove();
  });

  test(
    'nothing is killed for its memory, and nothing is lost',
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
      const round = async (requests: number) => {
        const start = acknowledged;
        await until('requests', () => acknowledged - start >= requests, ROUND_MS);
      };
      await round(REQUESTS_WITH_ALL);
      for (const aggregator of system.aggregators) await aggregator.stop('SIGKILL');
      await round(REQUESTS_WITHOUT_AGGREGATORS);
      for (const aggregator of system.aggregators) aggregator.start();
      await traffic.stop();
      await until(
        'the aggregator to catch up',
        async () => (await uncommitted(log, AGGREGATOR_GROUP)) === 0n,
        ROUND_MS,
      );
      const updatesPassedOn = await countUpdates(log);
      expect(await audit(workload.truth, { store, client, updatesPassedOn })).toMatchObject({
        lost: 0,
        doubled: 0,
        windowsOff: 0,
        differences: [],
      });
      expect([...groups].map(([name, group]) => [name, group.kills()])).toEqual(
        [...groups.keys()].map((name) => [name, 0]),
      );
      // Shown, so that a limit that is nearly reached is seen before it is.
      for (const [name, group] of groups) {
        console.info(`${name}: at most ${Math.round(group.peakBytes() / 1024 ** 2)} MiB`);
      }
    },
    TIMEOUT_MS,
  );
});

function limitOf(name: ServiceName): number {
  const limit = readComposeFile({ ADMIN_TOKEN: 'unused' }).services[name]?.mem_limit;
  const [, gigabytes] = /^(\d+)g$/.exec(limit ?? '') ?? [];
  if (gigabytes === undefined) throw new Error(`${name} has no limit in gigabytes: ${limit}`);
  return Number(gigabytes) * GIB;
}
