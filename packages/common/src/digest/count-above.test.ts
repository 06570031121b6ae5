import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countAbove } from './count-above.ts';
import { LatencyDigest } from './latency-digest.ts';

function digestOf(values: readonly number[]): Uint8Array {
  const digest = new LatencyDigest();
  for (const value of values) digest.add(value);
  return digest.toBytes();
}

test('counts values above the limit, not values equal to it', () => {
  const value = fc.oneof(
    fc.double({ min: 0, max: 1e5, noNaN: true }),
    fc.constantFrom(500, 500.1, 0),
  );
  fc.assert(
    fc.property(fc.array(value), fc.oneof(value, fc.constant(500.1)), (values, limitMs) => {
      const expected = values.filter((one) => Math.fround(one) > Math.fround(limitMs)).length;
      expect(countAbove(digestOf(values), limitMs)).toBe(expected);
    }),
  );
});

test('counts values that were folded', () => {
  const values = Array.from({ length: 10_000 }, (_, n) => n % 100);
  expect(countAbove(digestOf(values), 49)).toBe(5_000);
});
