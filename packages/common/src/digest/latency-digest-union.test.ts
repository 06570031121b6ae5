import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LatencyDigest } from './latency-digest.ts';
import { LatencyUnion } from './latency-digest-union.ts';

const RANKS = [0, 0.5, 0.95, 0.99, 1];

function digestOf(values: readonly number[]): LatencyDigest {
  const digest = new LatencyDigest();
  for (const value of values) digest.add(value);
  return digest;
}

function exact(values: readonly number[]): number[] {
  const sorted = Float32Array.from(values).sort();
  return RANKS.map((p) =>
    Number((sorted[Math.max(1, Math.ceil(p * sorted.length)) - 1] ?? Number.NaN).toPrecision(7)),
  );
}

/** Of a sequence without chance: skewed, as durations are. */
function skewed(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, n) => {
    const share = ((n + seed) * 0.618_033_988_75) % 1;
    return 5 - 80 * Math.log(1 - share);
  });
}

test('of nothing there are none', () => {
  const union = new LatencyUnion();
  union.add(new LatencyDigest().toBytes());
  expect(union.percentiles(RANKS)).toEqual(RANKS.map(() => null));
});

test('of digests that were never folded they are exact, far beyond what one could hold', () => {
  const union = new LatencyUnion();
  const parts = Array.from({ length: 300 }, (_, n) => skewed(70, n * 70));
  for (const part of parts) union.add(digestOf(part).toBytes());
  expect(union.percentiles(RANKS)).toEqual(exact(parts.flat()));
});

test('of any digests they are those of all values, exactly while these fit', () => {
  const values = fc.array(
    fc.array(fc.float({ min: 0, max: 10_000, noNaN: true }), { maxLength: 50 }),
    {
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(values, (parts) => {
      const union = new LatencyUnion();
      const merged = new LatencyDigest();
      for (const part of parts) {
        union.add(digestOf(part).toBytes());
        merged.merge(digestOf(part));
      }
      expect(union.percentiles(RANKS)).toEqual(RANKS.map((p) => merged.percentile(p)));
    }),
  );
});

test('with folded digests among them they are within 1 %', () => {
  const union = new LatencyUnion();
  const parts = [
    skewed(20_000, 1),
    skewed(9_000, 7),
    ...Array.from({ length: 100 }, (_, n) => skewed(60, n)),
  ];
  for (const part of parts) union.add(digestOf(part).toBytes());
  const wanted = exact(parts.flat());
  for (const [at, value] of union.percentiles(RANKS).entries()) {
    const error = Math.abs((value ?? 0) / (wanted[at] ?? 0) - 1);
    expect(error).toBeLessThan(0.01);
  }
});

test('bytes that are no digest are refused', () => {
  expect(() => new LatencyUnion().add(new Uint8Array([9, 9]))).toThrow(RangeError);
});
