/**
 * From the previous release to this one and back, one service after the other under traffic, as
 * docs/guides/operations.md promises it.
 */
import { rm } from 'node:fs/promises';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { AGGREGATOR_GROUP } from '@hookpulse/event-log/topics';
import { startTestBot, type TestBotServer } from '@hookpulse/forwarder/testing/test-bots';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { audit } from '../chaos/audit.ts';
import { countUpdates, uncommitted } from '../chaos/log-state.ts';
import { CHAOS_CLUSTER } from '../chaos/run-chaos.ts';
import { steadyTraffic } from '../chaos/steady-traffic.ts';
import { Workload } from '../chaos/workload.ts';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { HookpulseClient, type RegisteredBot } from '../support/hookpulse-client.ts';
import { CHECKOUT, type ServiceProcess } from '../support/service-process.ts';
import { expectThings, makeThings } from './kept-things.ts';
import {
  checkOutPreviousRelease,
  PREVIOUS_VERSION,
  whyNoPreviousRelease,
} from './previous-checkout.ts';

const BOTS = 50;
const REQUESTS_PER_SECOND = 500;
/** Two releases of seven services, and every event counted in between. */
const TIMEOUT_MS = 600_000;
const CATCH_UP_MS = 120_000;
const FORWARDED_BOT = 'forwarded';

const reason = whyNoPreviousRelease();
const describeUpgrade =
  reason === null
    ? describeWithLocalKafka
    : (name: string, declareTests: () => void) =>
        describe.skip(`${name} (skipped: ${reason})`, declareTests);

describeUpgrade(`a rolling upgrade from v${PREVIOUS_VERSION} and back`, () => {
  let previous: string;
  let system: Cluster;
  let client: HookpulseClient;
  let log: EventLog;
  let store: ClickHouseClient;
  let forwardedTo: TestBotServer;
  const workload = new Workload({
    seed: 20_260_211,
    events: Number.MAX_SAFE_INTEGER,
    bots: BOTS,
    nowMs: Date.now(),
  });
  const bots = new Map<string, RegisteredBot>();

  beforeAll(async () => {
    previous = await checkOutPreviousRelease();
    forwardedTo = await startTestBot();
    system = await startCluster({
      ...CHAOS_CLUSTER,
      env: { ...CHAOS_CLUSTER.env, FORWARD_ALLOWED_HOSTS: '127.0.0.1' },
      root: previous,
    });
    client = new HookpulseClient(
      { ingest: system.ingestUrls[0] ?? '', queryApi: system.queryApi.url },
      system.adminToken,
    );
    log = await openEventLog(
      {
        kafka: { brokers: [system.direct.kafkaBroker], ssl: false, sasl: null },
        dataDir: '',
        retentionDays: 1,
        clientId: 'upgrade',
      },
      silentLogger,
    );
    store = await openClickHouse({ url: system.direct.clickhouseUrl, dataDir: '' });
    for (const botId of workload.botIds) {
      bots.set(botId, await client.registerBot(botId));
      await client.setReceivers(botId, [`${botId}@example.com`]);
    }
  }, TIMEOUT_MS);

  afterAll(async () => {
    await store?.close();
    await log?.close();
    await system?.close();
    await forwardedTo?.close();
    if (previous) await rm(previous, { recursive: true, force: true });
  });

  const keeper = () => ({ queryApi: system.queryApi.url, adminToken: system.adminToken });

  /** Replaces one process after the other, while requests come at their pace. */
  async function roll(services: readonly ServiceProcess[], root: string) {
    const traffic = steadyTraffic(workload, {
      ingestUrls: system.ingestUrls,
      bots,
      adminToken: system.adminToken,
      perSecond: REQUESTS_PER_SECOND,
    });
    const exitCodes: (number | null)[] = [];
    for (const service of services) {
      service.runFrom(root);
      exitCodes.push(await service.stop('SIGTERM'));
      service.start();
      await service.ready();
    }
    const { unexpectedAnswers, acknowledgedRequests } = await traffic.stop();
    return {
      unexpectedAnswers,
      exitCodes: [...new Set(exitCodes)],
      hadTraffic: acknowledgedRequests > services.length,
    };
  }

  async function expectExact(): Promise<void> {
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
    const crashes = servicesOf(system).flatMap((service) => service.crashes);
    expect(crashes).toEqual([]);
    await expectOneMailEach(system);
  }

  const GOOD_ROLL = { unexpectedAnswers: new Map(), exitCodes: [0], hadTraffic: true };

  test(
    'nothing is lost or doubled, and each version reads what the other wrote',
    async () => {
      const ofPrevious = await makeThings(keeper(), 'made-by-previous');
      const upgraded = await roll(servicesOf(system), CHECKOUT);
      expect(upgraded).toEqual(GOOD_ROLL);
      await expectExact();
      await expectThings(keeper(), ofPrevious);

      const ofPresent = await makeThings(keeper(), 'made-by-present');
      const forwarder = await system.add('forwarder', CHECKOUT);
      await forwarder.ready();
      const { secret } = await client.registerBot(FORWARDED_BOT);
      await client.changeBot(FORWARDED_BOT, { forward: { url: forwardedTo.url } });
      const deliver = (updateId: number) => deliverUntilTaken(client, secret, updateId);
      await deliver(1);
      await until('the update to be forwarded', () => forwardedTo.taken.length === 1);

      await forwarder.stop('SIGTERM');
      const downgraded = await roll(servicesOf(system).toReversed(), previous);
      expect(downgraded).toEqual(GOOD_ROLL);
      await deliver(2);
      await expectExact();
      await expectThings(keeper(), ofPrevious);
      await expectThings(keeper(), ofPresent);

      // What the previous release could not forward waits for the next upgrade.
      forwarder.start();
      await until('the second update to be forwarded', () => forwardedTo.taken.length === 2);
      expect(forwardedTo.taken).toEqual([1, 2]);
    },
    TIMEOUT_MS,
  );
});

/** In the order in which the guide replaces them. */
function servicesOf(system: Cluster): ServiceProcess[] {
  return [...system.aggregators, ...system.alerters, system.queryApi, ...system.ingests];
}

async function deliverUntilTaken(client: HookpulseClient, secret: string, updateId: number) {
  const update = { update_id: updateId, message: { message_id: updateId, text: 'hello' } };
  await until('the update to be taken', async () => {
    return (await client.deliver(FORWARDED_BOT, secret, update)).status === 200;
  });
}

/** Nobody is told of a transition twice, whichever version tells it. */
async function expectOneMailEach({ mailServer }: Cluster): Promise<void> {
  // A share of the bots is above the threshold.
  await until('a mail', () => (mailServer?.mails.length ?? 0) > 0, CATCH_UP_MS);
  const ids = mailServer?.mails.map(({ parsed }) => parsed.messageId) ?? [];
  expect(ids.length).toBe(new Set(ids).size);
}
