import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { iso, isoDate } from './iso.ts';

/** Of a `Date`, milliseconds. */
const MAX_TIME_MS = 8.64e15;

test('times are written as a Date writes them, one after the other', () => {
  const near = fc.integer({ min: -3_000, max: 3_000 });
  const any = fc.double({ min: -MAX_TIME_MS, max: MAX_TIME_MS, noNaN: true });
  const times = fc.tuple(any, fc.array(near)).map(([start, steps]) => {
    return [start, ...steps.map((step) => start + step)].filter(
      (timeMs) => Math.abs(timeMs) <= MAX_TIME_MS,
    );
  });
  fc.assert(
    fc.property(times, (all) => {
      expect(all.map(iso)).toEqual(all.map((timeMs) => new Date(timeMs).toISOString()));
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, MAX_TIME_MS + 1])('%s is no time', (timeMs) => {
  expect(() => iso(timeMs)).toThrow(RangeError);
  expect(iso(0)).toBe('1970-01-01T00:00:00.000Z');
});

test('a day is the first part of it', () => {
  expect(isoDate(Date.UTC(2026, 10, 30, 23, 59, 59, 999))).toBe('2026-11-30');
});
