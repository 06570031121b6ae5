import { expect, test } from '@jest/globals';
import { formatCount, formatMs, percentOf } from './numbers.ts';

test.each([
  [null, '–'],
  [0, '0'],
  [12_345, '12,345'],
  [1_234_567, '1.2M'],
  [1e20, '1.0e+20'],
])('the count %p is %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [null, '–'],
  [0.44, '0.4 ms'],
  [41.5, '42 ms'],
  [1_240, '1.24 s'],
  [150_000, '2.5 min'],
  [999.9, '1 s'],
  [5_400_000, '1.5 h'],
  [3 * 86_400_000, '3 d'],
  [1e12, '32 y'],
  [1e18, '31.7M y'],
  [Number.MAX_VALUE, '5.7e+297 y'],
])('%p milliseconds are %s', (durationMs, text) => {
  expect(formatMs(durationMs)).toBe(text);
});

test('rates are compared as numbers', () => {
  expect(['10.0%', '9.5%', '0.0%'].toSorted((a, b) => percentOf(a) - percentOf(b))).toEqual([
    '0.0%',
    '9.5%',
    '10.0%',
  ]);
});
