/** What operators and other programs do to the log and the group of the aggregators, and what stays exact. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { AGGREGATOR_GROUP, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { Aggregation } from '../support/aggregation.ts';
import { ForeignWriter } from '../support/foreign-writer.ts';
import { KafkaByHand } from '../support/kafka-by-hand.ts';
import { emptyStore } from '../support/stored-counts.ts';
import { trafficOf } from '../support/traffic.ts';

const BOTS = Array.from({ length: 20 }, (_, n) => `bot-${n}`);

describeWithKafka('counts stay exact', (brokers) => {
  let store: TestClickHouse;
  let aggregation: Aggregation;
  let byHand: KafkaByHand;
  let topic: string;
  let group: string;

  beforeAll(async () => {
    store = await openTestClickHouse();
    byHand = await KafkaByHand.connect(brokers);
  });

  beforeEach(async () => {
    aggregation = await Aggregation.open({ brokers, clickhouse: store.client, partitions: 2 });
    topic = `${aggregation.prefix}${EVENTS_TOPIC}`;
    group = `${aggregation.prefix}${AGGREGATOR_GROUP}`;
  });

  afterEach(async () => {
    await aggregation.close();
    await emptyStore(store.client);
  });

  afterAll(async () => {
    await byHand?.close();
    await store?.close();
  });

  function traffic(count: number): WebhookEvent[] {
    const nowMs = Date.now();
    return trafficOf(count, { bots: BOTS, fromMs: nowMs - 90 * MINUTE_MS, toMs: nowMs });
  }

  test.each(['earliest', 'latest'] as const)('when offsets are reset to the %s', async (to) => {
    await aggregation.publish(traffic(60));
    const first = await aggregation.start();
    await aggregation.untilAllStored();
    await first.close();
    await aggregation.publish(traffic(60));
    await byHand.resetOffsets(group, topic, to);
    await aggregation.start();
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });

  test('of what is left when retention has passed the position', async () => {
    await aggregation.publish(traffic(60));
    const first = await aggregation.start();
    await aggregation.untilAllStored();
    await first.close();
    await aggregation.log.publish(
      traffic(40).map((one) => ({
        topic: EVENTS_TOPIC,
        key: one.bot_id,
        value: JSON.stringify(one),
      })),
    );
    await byHand.deleteAllRecords(topic);
    await aggregation.start();
    await aggregation.publish(traffic(60));
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });

  test('when another program joins the group for a while', async () => {
    await aggregation.start();
    await aggregation.publish(traffic(60));
    const leave = await byHand.joinGroup(group, topic);
    await aggregation.publish(traffic(60));
    await leave();
    await aggregation.publish(traffic(60));
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });

  test('of partitions that hold nothing but the markers of aborted transactions', async () => {
    const foreign = new ForeignWriter(brokers);
    try {
      const given = [0, 1].map((partition) => ({ topic, partition, value: '{}' }));
      await foreign.transact(given, 'abort');
      const first = await aggregation.start();
      await aggregation.untilAllStored();
      await first.close();
      await aggregation.start();
      await aggregation.publish(traffic(60));
      await aggregation.untilAllStored();
      await aggregation.expectExact();
    } finally {
      await foreign.close();
    }
  });
});
