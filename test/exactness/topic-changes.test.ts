/** Topics that operators change: partitions added, a topic deleted and made again. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { trafficOf } from '../support/traffic.ts';
import { useAggregation } from '../support/use-aggregation.ts';

const BOTS = Array.from({ length: 20 }, (_, n) => `bot-${n}`);

function traffic(count: number): WebhookEvent[] {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs - 130 * MINUTE_MS, toMs: nowMs });
}

describeWithKafka('a topic', (brokers) => {
  const scene = useAggregation(brokers, { partitions: 2 });

  /** Another topic of the same name, as long as `count` makes it. */
  async function liveAgain(count: number): Promise<void> {
    await scene.byHand.deleteTopic(scene.topic);
    await scene.aggregation.createTopics();
    await scene.aggregation.publish(traffic(count));
  }

  test('that gets more partitions while it is read is counted whole', async () => {
    await scene.aggregation.publish(traffic(200));
    await scene.aggregation.start();
    await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    await scene.byHand.growTopic(scene.topic, 5);
    const newcomer = await scene.aggregation.openLog();
    // One producer knows the new partitions, the other one not yet.
    await scene.aggregation.publish(traffic(200), newcomer);
    await scene.aggregation.publish(traffic(200));
    const ranges = await newcomer.ranges(EVENTS_TOPIC);
    expect(ranges.filter(({ endOffset }) => endOffset > 0n)).toHaveLength(5);
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });

  /** Lengths of a topic's lives: the next one shorter, longer, and as long as the one before. */
  const LIVES = [20, 400, 400];

  test('that is deleted and made again while it is read is counted in all its lives', async () => {
    await scene.aggregation.publish(traffic(200));
    await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    for (const length of LIVES) {
      await liveAgain(length);
      await scene.aggregation.untilAllStored();
      await scene.aggregation.expectExact();
    }
  });

  test('that is deleted and made again while nobody reads is counted in all its lives', async () => {
    await scene.aggregation.publish(traffic(200));
    const first = await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    await first.close();
    for (const length of LIVES) {
      await liveAgain(length);
      const next = await scene.aggregation.start();
      await scene.aggregation.untilAllStored();
      await next.close();
      await scene.aggregation.expectExact();
    }
  });
});
