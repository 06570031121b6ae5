/** Records of other programs among the events: in transactions, compressed, and with times of their own. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { partitionForKey } from '@hookpulse/event-log/murmur2';
import { afterAll, beforeAll, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import type { Member } from '../support/aggregation.ts';
import { CODEC_NAMES, type ForeignMessage, ForeignWriter } from '../support/foreign-writer.ts';
import { trafficOf } from '../support/traffic.ts';
import { useAggregation } from '../support/use-aggregation.ts';

const BOTS = Array.from({ length: 20 }, (_, n) => `bot-${n}`);
const PARTITIONS = 2;

describeWithKafka('beside other writers', (brokers) => {
  const scene = useAggregation(brokers, { partitions: PARTITIONS });
  let foreign: ForeignWriter;

  beforeAll(() => {
    foreign = new ForeignWriter(brokers);
  });

  afterAll(async () => {
    await foreign?.close();
  });

  function traffic(count: number): WebhookEvent[] {
    const nowMs = Date.now();
    return trafficOf(count, { bots: BOTS, fromMs: nowMs - 90 * MINUTE_MS, toMs: nowMs });
  }

  function messagesOf(events: readonly WebhookEvent[], timeMs?: number): ForeignMessage[] {
    return events.map((event) => ({
      topic: scene.topic,
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
    const first = await scene.aggregation.start();
    await scene.aggregation.publish(traffic(50));
    for (const codec of CODEC_NAMES) {
      const [plain, committed] = [traffic(20), traffic(20)];
      scene.aggregation.expect([...plain, ...committed]);
      await foreign.write(messagesOf(plain), codec);
      await foreign.transact(messagesOf(committed), 'commit', codec);
      // Aborted last: every partition ends with records that nobody is handed.
      await foreign.transact(messagesOf(traffic(40)), 'abort', codec);
    }
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
    await untilNoLag(first);
    await first.close();
    const second = await scene.aggregation.start();
    await untilNoLag(second);
    await foreign.transact(messagesOf(traffic(40)), 'abort');
    await scene.aggregation.publish(traffic(50));
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });

  test.each([
    ['2100', Date.parse('2100-01-01T00:00:00Z')],
    ['1970', 1],
  ])('a record dated %s makes nobody forget what was seen', async (_, wrongMs) => {
    await scene.byHand.configure(scene.topic, {
      'message.timestamp.type': 'CreateTime',
      'message.timestamp.after.max.ms': '9223372036854775807',
    });
    const first = await scene.aggregation.start();
    const seen = traffic(60);
    await scene.aggregation.publish(seen);
    const strange = traffic(20);
    scene.aggregation.expect(strange);
    await foreign.write(messagesOf(strange, wrongMs));
    await scene.aggregation.publish([...seen, ...strange]);
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
    await first.close();
    await scene.aggregation.start();
    await scene.aggregation.publish([...seen, ...strange, ...traffic(10)]);
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });
});
