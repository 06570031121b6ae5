/** Events that come long after they happened, as from a bot that sends what it had kept. */
import { DAY_MS } from '@hookpulse/common/values/durations';
import { test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { trafficOf } from '../support/traffic.ts';
import { useAggregation } from '../support/use-aggregation.ts';

const KEPT_DAYS = 130;

describeWithKafka('months of late events', (brokers) => {
  const scene = useAggregation(brokers, { retentionDays: KEPT_DAYS });

  test('are stored whole, each event in its own hour', async () => {
    const nowMs = Date.now();
    const span = { bots: ['bot'], fromMs: nowMs - (KEPT_DAYS - 1) * DAY_MS, toMs: nowMs };
    await scene.aggregation.publish(trafficOf(400, span));
    await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });
});
