/** Messages that nobody can read, in the middle of a partition. */

import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { MAX_VALUE_BYTES } from '@hookpulse/event-log/limits';
import { deadLetterHeaders } from '@hookpulse/event-log/record-headers';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { describeWithKafka } from '../setup/requirements.ts';
import { trafficOf } from '../support/traffic.ts';
import { useAggregation } from '../support/use-aggregation.ts';

/** Late events make an aggregator look up their windows. */
const isLookup = (sql: string) => sql.includes('arrayZip');

function traffic(count: number) {
  const nowMs = Date.now();
  return trafficOf(count, { bots: ['bot'], fromMs: nowMs - 130 * MINUTE_MS, toMs: nowMs });
}

/** An event of now, with its JSON changed. */
function spoilt(change: (json: string) => string): string {
  const [event] = traffic(1);
  return change(JSON.stringify(event));
}

const field = (name: string, value: string) =>
  spoilt((json) => json.replace(new RegExp(`"${name}":("[^"]*"|[^,}]*)`), `"${name}":${value}`));

const POISON: Record<string, string | Uint8Array | null> = {
  'no JSON': '{"broken":',
  'nothing at all': '',
  'no value': null,
  'no UTF-8': Uint8Array.of(0x22, 0xff, 0xfe, 0x22),
  'JSON of another shape': '[1, 2, 3]',
  'an event without a bot': spoilt((json) => json.replace('"bot_id"', '"bot"')),
  'an infinite duration': field('processing_time_ms', '1e999'),
  'an update id that JSON cannot carry': field('update_id', '1e300'),
  'a time long before the store begins': field('timestamp', '"0001-01-01T00:00:00.000Z"'),
  'a time before 1970': field('timestamp', '"1969-12-31T23:59:59.999Z"'),
  'a time after what the store can hold': field('timestamp', '"9999-12-31T23:59:59.999Z"'),
  'a time that no clock shows': field('timestamp', '"2026-02-20T25:00:00.000Z"'),
  'a day that is not in the calendar': field('timestamp', '"2026-02-30T20:00:00.000Z"'),
  'a string that has no UTF-8 form': field('error_message', '"\\ud800"'),
};

describeWithKafka('a poison message', (brokers) => {
  const scene = useAggregation(brokers, { partitions: 1 });

  async function publishPoison(value: string | Uint8Array | null): Promise<void> {
    await scene.aggregation.log.publish([{ topic: EVENTS_TOPIC, key: 'bot', value }]);
  }

  test('of any kind is set aside as it came, with its reason and place; the rest flows', async () => {
    for (const value of Object.values(POISON)) {
      await scene.aggregation.publish(traffic(9));
      await publishPoison(value);
    }
    await scene.aggregation.publish(traffic(9));
    await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
    const letters = await scene.aggregation.readDeadLetters();
    expect(letters).toEqual(
      Object.values(POISON).map((value, n) => ({
        value: value === null ? null : Buffer.from(value),
        headers: {
          ...deadLetterHeaders(EVENTS_TOPIC, 0, BigInt(n * 10 + 9)),
          reason: expect.stringMatching(/\w+/),
          topic: EVENTS_TOPIC,
          partition: '0',
          offset: `${n * 10 + 9}`,
        },
      })),
    );
  });

  test('is set aside once, however often its batch comes because the store is away', async () => {
    await scene.aggregation.publish(traffic(50));
    await publishPoison('{');
    await scene.aggregation.publish(traffic(50));
    let lookups = 0;
    await scene.aggregation.start({
      beforeQuery: (sql) => {
        if (!isLookup(sql)) return;
        lookups += 1;
        if (lookups <= 3) throw new Error('the store is away');
      },
    });
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
    expect(lookups).toBeGreaterThan(3);
    expect(await scene.aggregation.readDeadLetters()).toHaveLength(1);
  });

  test('that the dead-letter topic is too small for is set aside cut short', async () => {
    await scene.aggregation.publish(traffic(50));
    const huge = '{'.padEnd(MAX_VALUE_BYTES + 1_000, 'x');
    await scene.byHand.send(`${scene.aggregation.prefix}${EVENTS_TOPIC}`, 'bot', huge);
    await publishPoison('{"small":');
    await scene.aggregation.publish(traffic(50));
    await scene.aggregation.start();
    await scene.aggregation.untilAllStored();
    await scene.aggregation.expectExact();
    const letters = await scene.aggregation.readDeadLetters();
    expect(letters.map(({ headers }) => headers.offset)).toEqual(['50', '51']);
    expect(letters.map(({ headers }) => headers.value_bytes)).toEqual([
      `${huge.length}`,
      undefined,
    ]);
    expect(huge).toContain(Buffer.from(letters[0]?.value ?? []).toString());
  });
});
