/** Events that come long after they happened, as from a bot that sends what it had kept. */
import { DAY_MS } from '@hookpulse/common/values/durations';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { Aggregation } from '../support/aggregation.ts';
import { emptyStore } from '../support/stored-counts.ts';
import { trafficOf } from '../support/traffic.ts';

const KEPT_DAYS = 130;

describeWithKafka('months of late events', (brokers) => {
  let store: TestClickHouse;
  let aggregation: Aggregation;

  beforeAll(async () => {
    store = await openTestClickHouse({ retentionDays: KEPT_DAYS });
  });

  beforeEach(async () => {
    aggregation = await Aggregation.open({ brokers, clickhouse: store.client });
  });

  afterEach(async () => {
    await aggregation.close();
    await emptyStore(store.client);
  });

  afterAll(async () => {
    await store?.close();
  });

  test('are stored whole, each event in its own hour', async () => {
    const nowMs = Date.now();
    const span = { bots: ['bot'], fromMs: nowMs - (KEPT_DAYS - 1) * DAY_MS, toMs: nowMs };
    await aggregation.publish(trafficOf(400, span));
    await aggregation.start();
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });
});
