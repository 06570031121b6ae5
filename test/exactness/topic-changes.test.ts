/** Topics that operators change: partitions added, a topic deleted and made again. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { Aggregation } from '../support/aggregation.ts';
import { KafkaByHand } from '../support/kafka-by-hand.ts';
import { emptyStore } from '../support/stored-counts.ts';
import { trafficOf } from '../support/traffic.ts';

const BOTS = Array.from({ length: 20 }, (_, n) => `bot-${n}`);

function traffic(count: number): WebhookEvent[] {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs - 130 * MINUTE_MS, toMs: nowMs });
}

describeWithKafka('a topic', (brokers) => {
  let store: TestClickHouse;
  let aggregation: Aggregation;
  let byHand: KafkaByHand;
  let topic: string;

  beforeAll(async () => {
    store = await openTestClickHouse();
    byHand = await KafkaByHand.connect(brokers);
  });

  beforeEach(async () => {
    aggregation = await Aggregation.open({ brokers, clickhouse: store.client, partitions: 2 });
    topic = `${aggregation.prefix}${EVENTS_TOPIC}`;
  });

  afterEach(async () => {
    await aggregation.close();
    await emptyStore(store.client);
  });

  afterAll(async () => {
    await byHand?.close();
    await store?.close();
  });

  /** Another topic of the same name, as long as `count` makes it. */
  async function liveAgain(count: number): Promise<void> {
    await byHand.deleteTopic(topic);
    await aggregation.createTopics();
    await aggregation.publish(traffic(count));
  }

  test('that gets more partitions while it is read is counted whole', async () => {
    await aggregation.publish(traffic(200));
    await aggregation.start();
    await aggregation.start();
    await aggregation.untilAllStored();
    await byHand.growTopic(topic, 5);
    const newcomer = await aggregation.openLog();
    // One producer knows the new partitions, the other one not yet.
    await aggregation.publish(traffic(200), newcomer);
    await aggregation.publish(traffic(200));
    const ranges = await newcomer.ranges(EVENTS_TOPIC);
    expect(ranges.filter(({ endOffset }) => endOffset > 0n)).toHaveLength(5);
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });

  /** Lengths of a topic's lives: the next one shorter, longer, and as long as the one before. */
  const LIVES = [20, 400, 400];

  test('that is deleted and made again while it is read is counted in all its lives', async () => {
    await aggregation.publish(traffic(200));
    await aggregation.start();
    await aggregation.untilAllStored();
    for (const length of LIVES) {
      await liveAgain(length);
      await aggregation.untilAllStored();
      await aggregation.expectExact();
    }
  });

  test('that is deleted and made again while nobody reads is counted in all its lives', async () => {
    await aggregation.publish(traffic(200));
    const first = await aggregation.start();
    await aggregation.untilAllStored();
    await first.close();
    for (const length of LIVES) {
      await liveAgain(length);
      const next = await aggregation.start();
      await aggregation.untilAllStored();
      await next.close();
      await aggregation.expectExact();
    }
  });
});
