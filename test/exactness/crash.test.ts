/** A process that dies, at every step of storing what it counted. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { beforeEach, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { Life, type Steps } from '../support/mortal-ports.ts';
import { trafficOf } from '../support/traffic.ts';
import { useAggregation } from '../support/use-aggregation.ts';

const BOTS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];

/** Event times over two hours and more: windows that are in memory, and windows that are not. */
function traffic(count: number): WebhookEvent[] {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs - 130 * MINUTE_MS, toMs: nowMs });
}

describeWithKafka('a crash', (brokers) => {
  const scene = useAggregation(brokers);
  /** What stands on the log already, and is sent once more in the next life. */
  let repeated: WebhookEvent[];

  beforeEach(() => {
    repeated = [];
  });

  /** Starts an aggregator that dies at a step, and waits until it has. */
  async function liveUntil(steps: (life: Life) => Steps): Promise<void> {
    const life = new Life();
    const member = await scene.aggregation.start({ life, ...steps(life) });
    await scene.aggregation.publish(repeated);
    repeated = traffic(300);
    await scene.aggregation.publish(repeated);
    await life.ended;
    await member.kill();
  }

  test('at any step of storing counts nothing twice and loses nothing', async () => {
    const tables = ['webhook_events', 'webhook_metrics', 'webhook_slices', 'webhook_positions'];
    for (const deadly of tables) {
      await liveUntil((life) => ({
        beforeInsert: (table) => {
          if (table === deadly) life.end();
        },
      }));
    }
    await liveUntil((life) => ({ beforeCommit: () => life.end() }));
    await scene.aggregation.start();
    await scene.aggregation.publish(repeated);
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });
});
