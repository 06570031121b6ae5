/** Machines whose clocks differ: what is counted, and where, follows from event time and log time alone. */

import { last15MinutesStart } from '@hookpulse/api/last-15-minutes';
import type { EventType, WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { fleetTraffic } from '@hookpulse/query-api/queries/fleet-traffic';
import { expect, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { storedEventIds } from '../support/stored-counts.ts';
import { trafficOf } from '../support/traffic.ts';
import { useAggregation } from '../support/use-aggregation.ts';

const BOTS = ['alpha', 'beta', 'gamma'];

/** What machines report whose clocks are so far ahead. */
function trafficOfMachine(aheadMs: number): WebhookEvent[] {
  const nowMs = Date.now() + aheadMs;
  return trafficOf(150, { bots: BOTS, fromMs: nowMs - 30 * MINUTE_MS, toMs: nowMs });
}

/** A clock that is so far ahead, and tells how often it was looked at. */
class WrongClock {
  readonly #aheadMs: number;

  constructor(aheadMs: number) {
    this.#aheadMs = aheadMs;
  }

  now(): number {
    return Date.now() + this.#aheadMs;
  }
}

/** Tells how often it was looked at: once for each partition when updates are judged. */
class WatchedClock {
  looks = 0;

  now(): number {
    this.looks += 1;
    return performance.now();
  }
}

describeWithKafka('clocks', (brokers) => {
  const scene = useAggregation(brokers);

  test.each([
    ['right', 0],
    ['ten minutes ahead', 10 * MINUTE_MS],
    ['ten minutes behind', -10 * MINUTE_MS],
  ])('of reporting machines decide, when the aggregator’s is %s', async (_how, aheadMs) => {
    const machines = [0, 5 * MINUTE_MS, -5 * MINUTE_MS];
    const reports = machines.map(trafficOfMachine);
    await scene.aggregation.publish(reports.flat().slice(0, 200));
    const first = await scene.aggregation.start({ clock: new WrongClock(aheadMs) });
    await scene.aggregation.untilAllStored();
    await first.close();
    await scene.aggregation.start({ clock: new WrongClock(aheadMs) });
    await scene.aggregation.publish(reports.flat().slice(200));
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();

    const sinceMs = last15MinutesStart(Date.now());
    const traffic = await fleetTraffic(scene.store.client, sinceMs);
    for (const bot of BOTS) {
      const received = reports
        .flat()
        .filter(({ bot_id, event_type }) => bot_id === bot && event_type === 'received')
        .filter(({ timestamp }) => Date.parse(timestamp) >= sinceMs);
      expect(traffic.get(bot)?.requests_received).toBe(received.length);
    }
  });

  function event(event_type: EventType, update_id: number): WebhookEvent {
    return sampleEvent({
      event_id: sampleEventId(1_000_000 + update_id * 10 + event_type.length),
      event_type,
      update_id,
      timestamp: new Date().toISOString(),
    });
  }

  test('ahead of the log’s make no update overdue', async () => {
    const clock = new WrongClock(10 * MINUTE_MS);
    const steadyClock = new WatchedClock();
    await scene.aggregation.publish([
      event('processed', 1),
      event('received', 2),
      event('received', 3),
    ]);
    await scene.aggregation.start({ clock, steadyClock, processingTimeoutMs: 5 * MINUTE_MS });
    await scene.aggregation.untilAllStored();
    const { looks } = steadyClock;
    await until('two rounds of judging', () => steadyClock.looks >= looks + 2);
    await scene.aggregation.publish([event('processed', 2)]);
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
  });

  test('behind the log’s do not put time-outs off', async () => {
    await scene.aggregation.publish([event('processed', 1), event('received', 2)]);
    await scene.aggregation.start({
      clock: new WrongClock(-10 * MINUTE_MS),
      processingTimeoutMs: 500,
    });
    await until(
      'the time-out',
      async () => (await storedEventIds(scene.store.client)).length === 3,
    );
  });
});
