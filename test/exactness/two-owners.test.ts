/** Partitions that have two owners for a while, and owners that come and go in the middle of work. */

import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { Gate } from '../support/gate.ts';
import { trafficOf } from '../support/traffic.ts';
import { useAggregation } from '../support/use-aggregation.ts';

const BOTS = Array.from({ length: 12 }, (_, n) => `bot-${n}`);
const TABLES = ['webhook_events', 'webhook_metrics', 'webhook_slices', 'webhook_positions'];

function traffic(count: number) {
  const nowMs = Date.now();
  return trafficOf(count, { bots: BOTS, fromMs: nowMs - 130 * MINUTE_MS, toMs: nowMs });
}

describeWithKafka('a partition with two owners', (brokers) => {
  const scene = useAggregation(brokers, { partitions: 4 });

  test.each(TABLES)(
    'counts once what a lost owner writes to %s when it wakes up',
    async (table) => {
      await scene.aggregation.publish(traffic(200));
      const held = new Gate();
      let stored = 0;
      const old = await scene.aggregation.start({
        patienceMs: 100,
        beforeInsert: (to) => (to === table ? held.pass() : undefined),
        afterInsert: (to) => {
          if (to === 'webhook_positions') stored += 1;
        },
      });
      await scene.aggregation.untilAllStored();
      held.shut();
      await scene.aggregation.publish(traffic(200));
      await until('the old owner to be held', () => held.waiting > 0);
      await old.leaveGroup();
      await scene.aggregation.start();
      await scene.aggregation.publish(traffic(200));
      await scene.aggregation.untilAllStored();
      const storedBefore = stored;
      held.open();
      await until('the old owner to write', () => stored > storedBefore);
      await scene.aggregation.expectExact();
      // What comes next builds on what is stored now.
      await scene.aggregation.publish(traffic(200));
      await scene.aggregation.untilAllStored();
      await scene.aggregation.expectExact();
    },
  );

  test('counts once what is moved to another in the middle of a batch', async () => {
    const held = new Gate();
    // Late events make it look up windows: in the middle of a batch.
    const isLookup = (sql: string) => sql.includes('arrayZip');
    await scene.aggregation.start({
      beforeQuery: (sql) => (isLookup(sql) ? held.pass() : undefined),
    });
    await scene.aggregation.publish(traffic(200));
    await scene.aggregation.untilAllStored();
    held.shut();
    await scene.aggregation.publish(traffic(200));
    await until('batches to be under way', () => held.waiting > 0);
    let stored = 0;
    await scene.aggregation.start({ afterInsert: () => (stored += 1) });
    await scene.aggregation.publish(traffic(200));
    await until('the new owner to store', () => stored > 0);
    held.open();
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });

  test('counts once while aggregators come and go', async () => {
    const members = [await scene.aggregation.start()];
    let isOver = false;
    const publishing = (async () => {
      while (!isOver) {
        await scene.aggregation.publish(traffic(50));
        await delay(10);
      }
    })();
    for (let round = 0; round < 3; round += 1) {
      members.push(await scene.aggregation.start());
      await scene.aggregation.publish(traffic(100));
      const [oldest] = members.splice(0, 1);
      await (round % 2 === 0 ? oldest?.close() : oldest?.kill());
      await scene.aggregation.publish(traffic(100));
    }
    isOver = true;
    await publishing;
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });
});
