/**
 * Percentiles against the exact nearest rank: within 1 % is what the contract promises. Seeds are
 * fixed, and the digest takes no chances of its own, so these tests give the same result each time.
 */
import { describe, expect, test } from '@jest/globals';
import { LatencyDigest } from './latency-digest.ts';
import {
  LATENCY_SHAPES,
  type LatencyShape,
  latencySample,
  nearestRank,
  relativeError,
  seededRandom,
} from './testing/latency-samples.ts';

const PROMISED_ERROR = 0.01;
const PS = [0.5, 0.95, 0.99];
const SHAPES = Object.keys(LATENCY_SHAPES) as LatencyShape[];

const SIZES = [
  { size: 1, seeds: [1, 2, 3] },
  { size: 10, seeds: [1, 2, 3] },
  { size: 100, seeds: [1, 2, 3] },
  { size: 3_600, seeds: [1, 2, 3, 4, 5] },
  // Between the first fold and some ten thousand, few values lie above p95 and p99, far apart.
  { size: 8_000, seeds: [1, 2, 3, 4, 5] },
  { size: 20_000, seeds: [1, 2, 3] },
  { size: 100_000, seeds: [1] },
];

describe.each(SHAPES)('%s', (shape) => {
  test.each(SIZES)(
    '$size values: whole, merged of 12 windows, and read back',
    ({ size, seeds }) => {
      for (const seed of seeds) {
        const values = latencySample(shape, size, seed);
        const digest = digestOf(values);
        const merged = mergedOf(values, 12);
        const sorted = values.toSorted();
        expectAccurate(digest, sorted);
        expectAccurate(merged, sorted);
        expectAccurate(LatencyDigest.fromBytes(merged.toBytes()), sorted);
      }
    },
  );

  test('250,000 values', () => {
    const values = latencySample(shape, 250_000, 1);
    expectAccurate(digestOf(values), values.sort());
  });

  test('in ascending and in descending order, the worst case of a t-digest', () => {
    const sorted = latencySample(shape, 30_000, 6).sort();
    const ascending = digestOf(sorted);
    const descending = digestOf(sorted.toReversed());
    expectAccurate(ascending, sorted);
    expectAccurate(descending, sorted);
    ascending.merge(descending);
    expectAccurate(ascending, Float64Array.of(...sorted, ...sorted).sort());
  });
});

test('1,000,000 values of a heavy tail merged of 12 windows, each read back from its bytes', () => {
  const values = latencySample('pareto, alpha 1.5', 1_000_000, 2);
  expectAccurate(mergedOf(values, 12), values.sort());
});

describe('special samples are exact', () => {
  const samples: Record<string, (i: number) => number> = {
    'a constant': () => 41.5,
    zeros: () => 0,
    'two values': (i) => (i % 3 === 0 ? 2_000 : 12),
    'whole milliseconds': (i) => 10 + (i % 1_000),
    'mostly zeros': (i) => (i % 10 === 0 ? i : 0),
  };
  test.each(Object.entries(samples))('%s', (_, value) => {
    const values = Float64Array.from({ length: 30_000 }, (_, i) => value(i));
    const digest = digestOf(values);
    const sorted = values.toSorted();
    for (const p of [0, 0.5, 0.66, 0.67, 0.8, 1]) {
      expect(digest.percentile(p)).toBe(nearestRank(sorted, p));
    }
  });
});

test('one huge outlier moves the maximum and nothing else', () => {
  const values = latencySample('lognormal', 50_000, 7);
  values[25_000] = 1e12;
  const digest = digestOf(values);
  expectAccurate(digest, values.sort());
  expect(digest.percentile(1)).toBe(1e12);
});

test('a value that comes very often is exact among values that are all different', () => {
  const random = seededRandom(8);
  const values = Float64Array.from({ length: 50_000 }, () =>
    random() < 0.5 ? 30_000 : 100 * (1 + random()),
  );
  const digest = digestOf(values);
  for (const p of [0.55, 0.75, 0.99, 1]) expect(digest.percentile(p)).toBe(30_000);
  expect(relativeError(digest.percentile(0.25), nearestRank(values.sort(), 0.25))).toBeLessThan(
    PROMISED_ERROR,
  );
});

test('a service that suddenly becomes slow is seen as it is', () => {
  const fast = latencySample('uniform', 40_000, 9).map((value) => 20 + value / 100);
  const slow = latencySample('uniform', 60_000, 10).map((value) => 5_000 + value);
  const values = Float64Array.of(...fast, ...slow);
  expectAccurate(digestOf(values), values.sort());
});

function digestOf(values: Iterable<number>): LatencyDigest {
  const digest = new LatencyDigest();
  for (const value of values) digest.add(value);
  return digest;
}

/** Windows of growing size, as the hours of a morning; each read back from its bytes. */
function mergedOf(values: Float64Array, windows: number): LatencyDigest {
  const merged = new LatencyDigest();
  for (let window = 0; window < windows; window += 1) {
    const edge = (n: number) => Math.floor(values.length * (n / windows) ** 2);
    const part = digestOf(values.subarray(edge(window), edge(window + 1)));
    merged.merge(LatencyDigest.fromBytes(part.toBytes()));
  }
  return merged;
}

function expectAccurate(digest: LatencyDigest, sorted: Float64Array): void {
  expect(digest.count).toBe(sorted.length);
  for (const p of PS) {
    const error = relativeError(digest.percentile(p), nearestRank(sorted, p));
    expect({ p, error, within: error <= PROMISED_ERROR }).toEqual({ p, error, within: true });
  }
  expect(relativeError(digest.percentile(1), nearestRank(sorted, 1))).toBeLessThan(1e-6);
}
