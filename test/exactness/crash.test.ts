/** A process that dies, at every step of storing what it counted. */

import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { Aggregation } from '../support/aggregation.ts';
import { Life, type Steps } from '../support/mortal-ports.ts';
import { emptyStore } from '../support/stored-counts.ts';
import { trafficOf } from '../support/traffic.ts';

const BOTS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];

/** Event times over two hours and more: windows that are in memory, and windows that are not. */
function traffic(count: number): WebhookEvent[] {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs - 130 * MINUTE_MS, toMs: nowMs });
}

describeWithKafka('a crash', (brokers) => {
  let store: TestClickHouse;
  let aggregation: Aggregation;
  /** What stands on the log already, and is sent once more in the next life. */
  let repeated: WebhookEvent[];

  beforeAll(async () => {
    store = await openTestClickHouse();
  });

  beforeEach(async () => {
    repeated = [];
    aggregation = await Aggregation.open({ brokers, clickhouse: store.client });
  });

  afterEach(async () => {
    await aggregation.close();
    await emptyStore(store.client);
  });

  afterAll(async () => {
    await store?.close();
  });

  /** Starts an aggregator that dies at a step, and waits until it has. */
  async function liveUntil(steps: (life: Life) => Steps): Promise<void> {
    const life = new Life();
    const member = await aggregation.start({ life, ...steps(life) });
    await aggregation.publish(repeated);
    repeated = traffic(300);
    await aggregation.publish(repeated);
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
    await aggregation.start();
    await aggregation.publish(repeated);
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });
});
