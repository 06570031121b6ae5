/** Records of other programs among the events: in transactions, compressed, and with times of their own. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { partitionForKey } from '@hookpulse/event-log/murmur2';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { Aggregation, type Member } from '../support/aggregation.ts';
import { CODEC_NAMES, type ForeignMessage, ForeignWriter } from '../support/foreign-writer.ts';
import { KafkaByHand } from '../support/kafka-by-hand.ts';
import { emptyStore } from '../support/stored-counts.ts';
import { trafficOf } from '../support/traffic.ts';

const BOTS = Array.from({ length: 20 }, (_, n) => `bot-${n}`);
const PARTITIONS = 2;

describeWithKafka('beside other writers', (brokers) => {
  let store: TestClickHouse;
  let aggregation: Aggregation;
  let foreign: ForeignWriter;
  let byHand: KafkaByHand;
  let topic: string;

  beforeAll(async () => {
    store = await openTestClickHouse();
    byHand = await KafkaByHand.connect(brokers);
    foreign = new ForeignWriter(brokers);
  });

  beforeEach(async () => {
    const clickhouse = store.client;
    aggregation = await Aggregation.open({ brokers, clickhouse, partitions: PARTITIONS });
    topic = `${aggregation.prefix}${EVENTS_TOPIC}`;
  });

  afterEach(async () => {
    await aggregation.close();
    await emptyStore(store.client);
  });

  afterAll(async () => {
    await foreign?.close();
    await byHand?.close();
    await store?.close();
  });

  function traffic(count: number): WebhookEvent[] {
    const nowMs = Date.now();
    return trafficOf(count, { bots: BOTS, fromMs: nowMs - 90 * MINUTE_MS, toMs: nowMs });
  }

  function messagesOf(events: readonly WebhookEvent[], timeMs?: number): ForeignMessage[] {
    return events.map((event) => ({
      topic,
      key: event.bot_id,
      value: JSON.stringify(event),
      partition: partitionForKey(event.bot_id, PARTITIONS),
      ...(timeMs === undefined ? {} : { timeMs }),
    }));
  }

  async function untilNoLag({ aggregator }: Member): Promise<void> {
    await until('no lag', async () => {
      const lags = await aggregator.lag();
      return lags.length === PARTITIONS && lags.every(({ messages }) => messages === 0n);
    });
  }

  test('committed and compressed events count, those of aborted transactions do not, and nothing lags', async () => {
    const first = await aggregation.start();
    await aggregation.publish(traffic(50));
    for (const codec of CODEC_NAMES) {
      const [plain, committed] = [traffic(20), traffic(20)];
      aggregation.expect([...plain, ...committed]);
      await foreign.write(messagesOf(plain), codec);
      await foreign.transact(messagesOf(committed), 'commit', codec);
      // Aborted last: every partition ends with records that nobody is handed.
      await foreign.transact(messagesOf(traffic(40)), 'abort', codec);
    }
    await aggregation.untilAllStored();
    await aggregation.expectExact();
    await untilNoLag(first);
    await first.close();
    const second = await aggregation.start();
    await untilNoLag(second);
    await foreign.transact(messagesOf(traffic(40)), 'abort');
    await aggregation.publish(traffic(50));
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });

  test.each([
    ['2100', Date.parse('2100-01-01T00:00:00Z')],
    ['1970', 1],
  ])('a record dated %s makes nobody forget what was seen', async (_, wrongMs) => {
    await byHand.configure(topic, {
      'message.timestamp.type': 'CreateTime',
      'message.timestamp.after.max.ms': '9223372036854775807',
    });
    const first = await aggregation.start();
    const seen = traffic(60);
    await aggregation.publish(seen);
    const strange = traffic(20);
    aggregation.expect(strange);
    await foreign.write(messagesOf(strange, wrongMs));
    await aggregation.publish([...seen, ...strange]);
    await aggregation.untilAllStored();
    await aggregation.expectExact();
    await first.close();
    await aggregation.start();
    await aggregation.publish([...seen, ...strange, ...traffic(10)]);
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });
});
