import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LatencyDigest } from './latency-digest.ts';
import {
  latencySample,
  nearestRank,
  relativeError,
  seededRandom,
} from './testing/latency-samples.ts';

const MAX_BYTES = 12_288;
const PS = [...Array.from({ length: 100 }, (_, i) => i / 100), 0.999, 1];

/** Durations as bots report them, to the microsecond: few enough digits to come back as they are. */
const duration = fc.integer({ min: 0, max: 999_999 }).map((microseconds) => microseconds / 1_000);
/** Any size of sample, from empty to some folds, of differing shape. */
const sample = fc
  .record({
    size: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 3_000, max: 12_000 })),
    seed: fc.integer(),
    kind: fc.constantFrom('continuous', 'whole numbers', 'few values', 'ascending', 'all ranges'),
  })
  .map(({ size, seed, kind }) => {
    const random = seededRandom(seed);
    const values = Array.from({ length: size }, () => {
      switch (kind) {
        case 'whole numbers':
          return Math.floor(1_000 * random() ** 3);
        case 'few values':
          return Math.floor(4 * random()) * 12.5;
        case 'all ranges':
          return 10 ** (600 * random() - 300);
        default:
          return 1_000 * random();
      }
    });
    return kind === 'ascending' ? values.sort((a, b) => a - b) : values;
  });

describe('a digest of few values', () => {
  test('has no percentile while empty', () => {
    expect(new LatencyDigest().percentile(0.5)).toBeNull();
    expect(new LatencyDigest().count).toBe(0);
  });

  test('gives the value at the nearest rank', () => {
    const digest = digestOf([15, 20, 35, 40, 50]);
    expect([0.05, 0.3, 0.4, 0.5, 1].map((p) => digest.percentile(p))).toEqual([15, 20, 20, 35, 50]);
  });

  test('gives values back as people wrote them', () => {
    for (const value of [0, 0.1, 41.5, 0.001, 1_234.567, 99_999.9, 16_777.21, 3_600_000]) {
      expect(digestOf([value]).percentile(0.5)).toBe(value);
    }
  });

  test('is exact, whatever the values and their order', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (values) => {
        const digest = digestOf(values);
        const sorted = values.toSorted((a, b) => a - b);
        for (const p of PS) expect(digest.percentile(p)).toBe(nearestRank(sorted, p));
      }),
    );
  });

  test('is the same however the sample was split and in whatever order merged', () => {
    const split = fc
      .array(fc.tuple(duration, fc.nat({ max: 11 })), { minLength: 1, maxLength: 300 })
      .chain((values) =>
        fc.record({
          values: fc.constant(values),
          order: fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 }),
        }),
      );
    fc.assert(
      fc.property(split, ({ values, order }) => {
        const whole = digestOf(values.map(([value]) => value));
        const merged = new LatencyDigest();
        for (const part of order) {
          merged.merge(digestOf(values.filter(([, at]) => at === part).map(([value]) => value)));
        }
        expect(percentilesOf(merged)).toEqual(percentilesOf(whole));
        expect(merged.toBytes()).toEqual(whole.toBytes());
      }),
    );
  });

  test('takes 3 bytes and 4 more for each value', () => {
    expect(new LatencyDigest().toBytes()).toHaveLength(3);
    expect(digestOf([1, 2, 3, 4, 5]).toBytes()).toHaveLength(23);
  });
});

describe('a digest of any number of values', () => {
  test('counts exactly, and its percentiles rise from the minimum to the maximum', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const digest = digestOf(values);
        expect(digest.count).toBe(values.length);
        if (values.length === 0) return;
        const percentiles = percentilesOf(digest);
        expect(percentiles).toEqual(percentiles.toSorted((a, b) => a - b));
        expect(percentiles.at(0)).toBe(stored(Math.min(...values)));
        expect(percentiles.at(-1)).toBe(stored(Math.max(...values)));
      }),
      { numRuns: 60 },
    );
  });

  test('comes back from its bytes the same, and goes on the same', () => {
    fc.assert(
      fc.property(sample, sample, (before, after) => {
        const digest = digestOf(before);
        const restored = LatencyDigest.fromBytes(digest.toBytes());
        expect(restored.count).toBe(digest.count);
        expect(percentilesOf(restored)).toEqual(percentilesOf(digest));
        for (const value of after) {
          digest.add(value);
          restored.add(value);
        }
        expect(restored.toBytes()).toEqual(digest.toBytes());
      }),
      { numRuns: 40 },
    );
  });

  test('counts a merged digest exactly and leaves it as it was', () => {
    fc.assert(
      fc.property(sample, sample, (ours, theirs) => {
        const digest = digestOf(ours);
        const other = digestOf(theirs);
        const before = other.toBytes();
        digest.merge(other);
        expect(digest.count).toBe(ours.length + theirs.length);
        expect(other.count).toBe(theirs.length);
        for (const value of ours.slice(0, 40)) digest.add(value);
        expect(other.toBytes()).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  test('gains nothing by an empty one, and everything by being merged into one', () => {
    for (const size of [0, 5, 20_000]) {
      const digest = digestOf(latencySample('lognormal', size, 1));
      const before = digest.toBytes();
      digest.merge(new LatencyDigest());
      expect(digest.toBytes()).toEqual(before);
      const empty = new LatencyDigest();
      empty.merge(digest);
      expect(empty.toBytes()).toEqual(before);
    }
  });

  test('may be merged with itself', () => {
    for (const size of [5, 2_000, 20_000]) {
      const digest = digestOf(latencySample('lognormal', size, 2));
      const median = digest.percentile(0.5);
      digest.merge(digest);
      expect(digest.count).toBe(2 * size);
      expect(relativeError(digest.percentile(0.5), median ?? 0)).toBeLessThan(0.01);
    }
  });

  test('never takes more than 12 KB, so 16 KB as base64', () => {
    const random = seededRandom(3);
    const inputs: Record<string, (i: number) => number> = {
      ascending: (i) => i,
      'each half as far from zero': (i) => 2 ** -(i % 140) * (1 + i / 1e6),
      'growing without end': (i) => Math.min(1.01 ** i, 1e300),
      'from both ends': (i) => (i % 2 === 0 ? i : 1e6 - i),
      'all ranges': () => 10 ** (600 * random() - 300),
    };
    for (const input of Object.values(inputs)) {
      const digest = new LatencyDigest();
      const sizes = Array.from({ length: 20_000 }, (_, i) => {
        digest.add(input(i));
        return i % 97 === 0 ? digest.toBytes().length : 0;
      });
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BYTES);
    }
  });

  test('stays small, true and counted when doubled up to 10^16 values', () => {
    const values = latencySample('lognormal', 10_000, 4);
    const digest = digestOf(values);
    for (let doublings = 0; doublings < 40; doublings += 1) {
      digest.merge(LatencyDigest.fromBytes(digest.toBytes()));
      expect(digest.toBytes().length).toBeLessThanOrEqual(MAX_BYTES);
    }
    expect(digest.count).toBe(10_000 * 2 ** 40);
    for (const p of [0.5, 0.95, 0.99]) {
      const exact = nearestRank(values.toSorted(), p);
      expect(relativeError(digest.percentile(p), exact)).toBeLessThan(0.01);
    }
  });
});

describe('what is refused', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, -Number.MIN_VALUE])(
    '%p as a duration',
    (value) => {
      const digest = digestOf([1]);
      expect(() => digest.add(value)).toThrow(RangeError);
      expect(digest.count).toBe(1);
      expect(digest.percentile(1)).toBe(1);
    },
  );

  test('undefined as a duration, which no type keeps out of JSON', () => {
    const absent: number = JSON.parse('{}').processing_time_ms;
    expect(() => new LatencyDigest().add(absent)).toThrow(RangeError);
  });

  test.each([-0.01, 1.01, Number.NaN])('%p as a percentile', (p) => {
    expect(() => digestOf([1]).percentile(p)).toThrow(RangeError);
  });

  test.each([
    ['nothing', []],
    ['an unknown version', [2, 0, 0]],
    ['a cut header', [1, 0]],
    ['fewer values than announced', [1, 0, 2, 0, 0, 0, 0]],
    ['bytes left over', [1, 0, 0, 0]],
    ['a number without an end', [1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ['NaN', [1, 0, 1, 0, 0, 192, 127]],
    ['infinity', [1, 0, 1, 0, 0, 128, 127]],
    ['a negative value', [1, 0, 1, 0, 0, 128, 191]],
    ['values that are not ascending', [1, 0, 2, 0, 0, 128, 63, 0, 0, 0, 0]],
    ['a cluster of nothing', [1, 1, 0, 0, 0, 128, 63, 1]],
    ['more than a digest can take', Array(MAX_BYTES + 1).fill(0)],
  ])('%s as bytes', (_, bytes) => {
    expect(() => LatencyDigest.fromBytes(Uint8Array.from(bytes))).toThrow(RangeError);
  });

  test('a stored digest that was cut short, wherever', () => {
    const bytes = digestOf(latencySample('uniform', 5_000, 5)).toBytes();
    for (let length = 0; length < bytes.length; length += 11) {
      expect(() => LatencyDigest.fromBytes(bytes.subarray(0, length))).toThrow(RangeError);
    }
  });

  test('no bytes but with a RangeError; what is read can be written', () => {
    const nearlyRight = fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.of(1, ...bytes));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearlyRight), (bytes) => {
        let digest: LatencyDigest;
        try {
          digest = LatencyDigest.fromBytes(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(LatencyDigest.fromBytes(digest.toBytes()).count).toBe(digest.count);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('a duration beyond Float32 counts as the longest one', () => {
  const digest = digestOf([5, 1e300]);
  expect(digest.percentile(1)).toBe(3.402823e38);
  expect(LatencyDigest.fromBytes(digest.toBytes()).count).toBe(2);
});

test('bytes may be a view at any place of a larger buffer', () => {
  const bytes = digestOf([1, 2, 3]).toBytes();
  const larger = Uint8Array.of(9, ...bytes, 9);
  expect(LatencyDigest.fromBytes(larger.subarray(1, -1)).percentile(0.5)).toBe(2);
});

function digestOf(values: Iterable<number>): LatencyDigest {
  const digest = new LatencyDigest();
  for (const value of values) digest.add(value);
  return digest;
}

/** NaN where there is none. */
function percentilesOf(digest: LatencyDigest): number[] {
  return PS.map((p) => digest.percentile(p) ?? Number.NaN);
}

/** A value as a digest keeps and shows it: a Float32 to 7 digits. */
function stored(value: number): number {
  return Number(Math.min(Math.fround(value), 3.4028234663852886e38).toPrecision(7));
}
