/** Partitions that have two owners for a while, and owners that come and go in the middle of work. */

import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { Aggregation } from '../support/aggregation.ts';
import { Gate } from '../support/gate.ts';
import { emptyStore } from '../support/stored-counts.ts';
import { trafficOf } from '../support/traffic.ts';

const BOTS = Array.from({ length: 12 }, (_, n) => `bot-${n}`);
const TABLES = ['webhook_events', 'webhook_metrics', 'webhook_slices', 'webhook_positions'];

function traffic(count: number) {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs - 130 * MINUTE_MS, toMs: nowMs });
}

describeWithKafka('a partition with two owners', (brokers) => {
  let store: TestClickHouse;
  let aggregation: Aggregation;

  beforeAll(async () => {
    store = await openTestClickHouse();
  });

  beforeEach(async () => {
    aggregation = await Aggregation.open({ brokers, clickhouse: store.client, partitions: 4 });
  });

  afterEach(async () => {
    await aggregation.close();
    await emptyStore(store.client);
  });

  afterAll(async () => {
    await store?.close();
  });

  test.each(TABLES)(
    'counts once what a lost owner writes to %s when it wakes up',
    async (table) => {
      await aggregation.publish(traffic(200));
      const held = new Gate();
      let stored = 0;
      const old = await aggregation.start({
        patienceMs: 100,
        beforeInsert: (to) => (to === table ? held.pass() : undefined),
        afterInsert: (to) => {
          if (to === 'webhook_positions') stored += 1;
        },
      });
      await aggregation.untilAllStored();
      held.shut();
      await aggregation.publish(traffic(200));
      await until('the old owner to be held', () => held.waiting > 0);
      await old.leaveGroup();
      await aggregation.start();
      await aggregation.publish(traffic(200));
      await aggregation.untilAllStored();
      const storedBefore = stored;
      held.open();
      await until('the old owner to write', () => stored > storedBefore);
      await aggregation.expectExact();
      // What comes next builds on what is stored now.
      await aggregation.publish(traffic(200));
      await aggregation.untilAllStored();
      await aggregation.expectExact();
    },
  );

  test('counts once what is moved to another in the middle of a batch', async () => {
    const held = new Gate();
    // Late events make it look up windows: in the middle of a batch.
    const isLookup = (sql: string) => sql.includes('arrayZip');
    await aggregation.start({
      beforeQuery: (sql) => (isLookup(sql) ? held.pass() : undefined),
    });
    await aggregation.publish(traffic(200));
    await aggregation.untilAllStored();
    held.shut();
    await aggregation.publish(traffic(200));
    await until('batches to be under way', () => held.waiting > 0);
    let stored = 0;
    await aggregation.start({ afterInsert: () => (stored += 1) });
    await aggregation.publish(traffic(200));
    await until('the new owner to store', () => stored > 0);
    held.open();
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });

  test('counts once while aggregators come and go', async () => {
    const members = [await aggregation.start()];
    let isOver = false;
    const publishing = (async () => {
      while (!isOver) {
        await aggregation.publish(traffic(50));
        await delay(10);
      }
    })();
    for (let round = 0; round < 3; round += 1) {
      members.push(await aggregation.start());
      await aggregation.publish(traffic(100));
      const [oldest] = members.splice(0, 1);
      await (round % 2 === 0 ? oldest?.close() : oldest?.kill());
      await aggregation.publish(traffic(100));
    }
    isOver = true;
    await publishing;
    await aggregation.untilAllStored();
    await aggregation.expectExact();
  });
});
