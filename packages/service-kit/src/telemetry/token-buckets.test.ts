import { expect, test } from '@jest/globals';
import { TokenBuckets } from './token-buckets.ts';

test('each kind has a burst, then so many a minute', () => {
  const buckets = new TokenBuckets({ burst: 2, perMinute: 1 }, { burst: 100, perMinute: 100 });
  const taken = [0, 0, 0, 59_000, 60_000, 60_000].map((ms) => buckets.take('a', ms));
  expect(taken).toEqual([true, true, false, false, true, false]);
  expect(buckets.take('b', 60_000)).toBe(true);
});

test('all kinds together have a limit, too', () => {
  const buckets = new TokenBuckets({ burst: 2, perMinute: 1 }, { burst: 3, perMinute: 1 });
  const taken = ['a', 'b', 'c', 'd'].map((kind) => buckets.take(kind, 0));
  expect(taken).toEqual([true, true, true, false]);
});
