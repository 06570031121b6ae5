/** ClickHouse that is slow, away for a while, or whose answers get lost, while traffic goes on. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { AGGREGATOR_GROUP, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { migrate } from '@hookpulse/store/migrate';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type LocalClickHouse, startLocalClickHouse } from '../clickhouse-server/local-server.ts';
import { freePort } from '../kafka-broker/free-port.ts';
import { describeWithKafka } from '../setup/requirements.ts';
import { Aggregation } from '../support/aggregation.ts';
import { emptyStore } from '../support/stored-counts.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { trafficOf } from '../support/traffic.ts';

const BOTS = ['alpha', 'beta', 'gamma', 'delta'];
const PARTITIONS = 2;
/** As the aggregator asks for them. */
const MAX_BATCH_MESSAGES = 1_000;
const MAX_PENDING_EVENTS = 200;

function traffic(count: number): WebhookEvent[] {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs - 10 * MINUTE_MS, toMs: nowMs });
}

/** Of this moment: its windows are in memory, so it is folded also while the store is away. */
function liveTraffic(count: number): WebhookEvent[] {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs, toMs: nowMs + 1_000 });
}

describeWithKafka('a store', (brokers) => {
  let server: LocalClickHouse;
  let proxy: TcpProxy;
  /** Through the proxy; the truth is asked for directly. */
  let proxied: ClickHouseClient;
  let direct: ClickHouseClient;
  let aggregation: Aggregation;

  beforeAll(async () => {
    const port = await freePort();
    server = await startLocalClickHouse({ port });
    proxy = await startTcpProxy(`127.0.0.1:${port}`);
    const url = new URL(server.url);
    direct = await openClickHouse({ url: url.href, dataDir: '' });
    await migrate(direct, { retentionDays: 7 }, silentLogger);
    url.host = proxy.address;
    proxied = await openClickHouse({ url: url.href, dataDir: '' });
  });

  beforeEach(async () => {
    aggregation = await Aggregation.open({ brokers, clickhouse: direct, partitions: PARTITIONS });
  });

  afterEach(async () => {
    await aggregation.close();
    await emptyStore(direct);
  });

  afterAll(async () => {
    await proxied?.close();
    await direct?.close();
    await proxy?.close();
    await server?.close();
  });

  function start() {
    return aggregation.start({
      clickhouse: proxied,
      maxPendingEvents: MAX_PENDING_EVENTS,
    });
  }

  async function committed(): Promise<number> {
    const positions = await aggregation.log.committed(AGGREGATOR_GROUP, EVENTS_TOPIC);
    return Number(positions.reduce((sum, { offset }) => sum + offset, 0n));
  }

  const ABSENCES = {
    killed: { begin: () => server.kill(), end: () => server.restart() },
    frozen: { begin: () => server.freeze(), end: () => server.thaw() },
  };

  test.each(Object.entries(ABSENCES))(
    'that is %s is waited for with bounded memory and visible lag, and caught up with',
    async (_how, { begin, end }) => {
      const { aggregator } = await start();
      await aggregation.publish(traffic(100));
      await aggregation.untilAllStored();
      await until('the commit', async () => (await committed()) === 100);

      await begin();
      for (let n = 0; n < 30; n += 1) await aggregation.publish(liveTraffic(500));
      await until('consumption to wait', () => aggregator.isPaused);
      // What is being stored, and what is pending: each up to a bound and one batch a partition.
      const bound = 2 * (MAX_PENDING_EVENTS + PARTITIONS * MAX_BATCH_MESSAGES);
      expect(aggregator.unstoredEvents).toBeLessThanOrEqual(bound);
      await until('the lag to be visible', async () => {
        const lag = await aggregator.lag();
        const behind = lag.reduce((sum, { messages }) => sum + messages, 0n);
        return behind >= BigInt(15_000 - bound);
      });
      expect(await committed()).toBe(100);

      await end();
      await aggregation.untilAllStored();
      await aggregation.expectExact();
      await until('the lag to be gone', async () => (await committed()) === 15_100);
    },
  );

  test('that is away when an aggregator starts is waited for', async () => {
    await aggregation.publish(traffic(100));
    await server.kill();
    await start();
    await server.restart();
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });

  test('that is slow is fed exactly', async () => {
    proxy.delay(50);
    try {
      await start();
      for (let n = 0; n < 5; n += 1) await aggregation.publish(traffic(200));
      await aggregation.untilAllStored();
      await aggregation.expectExact();
    } finally {
      proxy.delay(0);
    }
  });

  test('whose answer to any insert is lost is told again, and counts once', async () => {
    await start();
    for (const table of ['events', 'metrics', 'slices', 'positions']) {
      const cut = proxy.cutNextResponse((request) => request.includes(`webhook_${table}`));
      await aggregation.publish(traffic(100));
      await cut;
      await aggregation.untilAllStored();
    }
    await aggregation.expectExact();
  });
});
