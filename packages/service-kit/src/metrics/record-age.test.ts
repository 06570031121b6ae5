import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oldestRecordAges } from './record-age.ts';

const TOPIC = 'topic';
const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

/** A log of which each partition has records of these ages, oldest first, milliseconds. */
function logOf(partitions: readonly (readonly number[])[], startOffset = 0n) {
  return {
    ranges: async () =>
      partitions.map((ages, partition) => ({
        topic: TOPIC,
        partition,
        startOffset,
        endOffset: startOffset + BigInt(ages.length),
      })),
    offsetsAt: async (_topic: string, timestampMs: number) =>
      partitions.map((ages, partition) => ({
        topic: TOPIC,
        partition,
        offset: startOffset + BigInt(ages.filter((age) => NOW_MS - age < timestampMs).length),
      })),
  };
}

function positions(...offsets: readonly bigint[]) {
  return offsets.map((offset, partition) => ({ topic: TOPIC, partition, offset }));
}

test('is told within a fifth, of the first record at or behind the position', async () => {
  const age = fc.integer({ min: 0, max: 7 * 24 * 3_600_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(age, { maxLength: 5 }), fc.nat(5), async (some, at) => {
      const ages = some.toSorted((a, b) => b - a);
      const found = await oldestRecordAges(logOf([ages]), TOPIC, positions(BigInt(at)), NOW_MS);
      const seconds = found.get(0) ?? -1;
      const truth = (ages[at] ?? 0) / 1_000;
      expect(seconds).toBeLessThanOrEqual(Math.max(truth, 0));
      if (truth > 1) expect(seconds).toBeGreaterThanOrEqual((truth - 0.001) / 1.25);
    }),
  );
});

test('is 0 where everything is handled, and counts from what retention has left', async () => {
  const log = logOf([[60_000, 500], [60_000], []], 10n);
  const found = await oldestRecordAges(log, TOPIC, positions(0n, 11n, 0n), NOW_MS);
  expect([...found].map(([partition, seconds]) => [partition, Math.round(seconds)])).toEqual([
    [0, 56],
    [1, 0],
    [2, 0],
  ]);
});
