/** Answers that get lost on their way, so that what was done already is done again. */

import { sampleEventId } from '@hookpulse/common/testing/sample-event';
import { until } from '@hookpulse/common/testing/until';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { Aggregation } from '../support/aggregation.ts';
import { deliver, ProxiedIngest, report } from '../support/proxied-ingest.ts';
import { storedEventIds, storedHours } from '../support/stored-counts.ts';
import { isKafkaProduce, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const TIMES = 10;

describeWithLocalKafka('an answer that is lost', (startBroker) => {
  let ingest: ProxiedIngest;
  let store: TestClickHouse;
  let aggregation: Aggregation;
  /** In front of ingest. */
  let frontProxy: TcpProxy;

  beforeAll(async () => {
    ingest = await ProxiedIngest.open(startBroker);
    frontProxy = await startTcpProxy(ingest.address);
    store = await openTestClickHouse();
    aggregation = await Aggregation.open({
      brokers: [ingest.proxy.address],
      clickhouse: store.client,
      prefix: '',
    });
    await aggregation.start();
  });

  afterAll(async () => {
    await aggregation?.close();
    await store?.close();
    await frontProxy?.close();
    await ingest?.close();
  });

  /** What stands on the log, repetitions included, and what was counted of it. */
  async function totals() {
    await aggregation.untilAllStored();
    const ranges = await ingest.log.ranges(EVENTS_TOPIC);
    const hours = Object.values(await storedHours(store.client));
    const sumOf = (name: 'requests_received' | 'requests_processed') =>
      hours.reduce((total, hour) => total + hour[name], 0);
    return {
      logged: Number(ranges.reduce((sum, { endOffset }) => sum + endOffset, 0n)),
      received: sumOf('requests_received'),
      processed: sumOf('requests_processed'),
      events: (await storedEventIds(store.client)).length,
    };
  }

  /** Sends again until it is accepted, as Telegram and bots do. */
  async function untilAccepted(send: () => Promise<number>): Promise<void> {
    await until('an acceptance', async () => [200, 202].includes(await send()));
  }

  test('by ingest’s producer counts what it sends again once', async () => {
    const before = await totals();
    for (let n = 0; n < TIMES; n += 1) {
      const cut = ingest.proxy.cutNextResponse(isKafkaProduce);
      await untilAccepted(async () => (await ingest.deliver(n)).status);
      await cut;
    }
    const after = await totals();
    expect(after.logged).toBeGreaterThanOrEqual(before.logged + 2 * TIMES);
    expect(after.received).toBe(before.received + TIMES);
    expect(after.events).toBe(before.events + TIMES);
  });

  test('by Telegram counts the update that it delivers again once', async () => {
    const before = await totals();
    for (let n = 0; n < TIMES; n += 1) {
      const cut = frontProxy.cutNextResponse();
      const send = () => deliver(`http://${frontProxy.address}`, 1_000 + n);
      await untilAccepted(async () => (await send()).status);
      await cut;
    }
    const after = await totals();
    expect(after.logged).toBe(before.logged + 2 * TIMES);
    expect(after.received).toBe(before.received + TIMES);
    expect(after.events).toBe(before.events + TIMES);
  });

  test('by a bot counts the event that it reports again once', async () => {
    const before = await totals();
    for (let n = 0; n < TIMES; n += 1) {
      const cut = frontProxy.cutNextResponse();
      const event = { event_type: 'processed', event_id: sampleEventId(n), processing_time_ms: n };
      await untilAccepted(() => report(`http://${frontProxy.address}`, event));
      await cut;
    }
    const after = await totals();
    expect(after.logged).toBe(before.logged + 2 * TIMES);
    expect(after.processed).toBe(before.processed + TIMES);
    expect(after.events).toBe(before.events + TIMES);
  });
});
