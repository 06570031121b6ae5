/** What operators and other programs do to the log and the group of the aggregators, and what stays exact. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { ForeignWriter } from '../support/foreign-writer.ts';
import { trafficOf } from '../support/traffic.ts';
import { useAggregation } from '../support/use-aggregation.ts';

const BOTS = Array.from({ length: 20 }, (_, n) => `bot-${n}`);

describeWithKafka('counts stay exact', (brokers) => {
  const scene = useAggregation(brokers, { partitions: 2 });

  function traffic(count: number): WebhookEvent[] {
    const nowMs = Date.now();
    return trafficOf(count, { bots: BOTS, fromMs: nowMs - 90 * MINUTE_MS, toMs: nowMs });
  }

  test.each(['earliest', 'latest'] as const)('when offsets are reset to the %s', async (to) => {
    await scene.aggregation.publish(traffic(60));
    const first = await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    await first.close();
    await scene.aggregation.publish(traffic(60));
    await scene.byHand.resetOffsets(scene.group, scene.topic, to);
    await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });

  test('of what is left when retention has passed the position', async () => {
    await scene.aggregation.publish(traffic(60));
    const first = await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    await first.close();
    await scene.aggregation.log.publish(
      traffic(40).map((one) => ({
        topic: EVENTS_TOPIC,
        key: one.bot_id,
        value: JSON.stringify(one),
      })),
    );
    await scene.byHand.deleteAllRecords(scene.topic);
    await scene.aggregation.start();
    await scene.aggregation.publish(traffic(60));
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });

  test('when another program joins the group for a while', async () => {
    await scene.aggregation.start();
    await scene.aggregation.publish(traffic(60));
    const leave = await scene.byHand.joinGroup(scene.group, scene.topic);
    await scene.aggregation.publish(traffic(60));
    await leave();
    await scene.aggregation.publish(traffic(60));
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });

  test('of partitions that hold nothing but the markers of aborted transactions', async () => {
    const foreign = new ForeignWriter(brokers);
    try {
      const given = [0, 1].map((partition) => ({ topic: scene.topic, partition, value: '{}' }));
      await foreign.transact(given, 'abort');
      const first = await scene.aggregation.start();
      await scene.aggregation.untilAllStored();
      await first.close();
      await scene.aggregation.start();
      await scene.aggregation.publish(traffic(60));
      await scene.aggregation.untilAllStored();
      await scene.aggregation.expectExact();
    } finally {
      await foreign.close();
    }
  });
});
