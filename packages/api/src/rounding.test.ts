import { describe, expect, test } from '@jest/globals';
import { last15MinutesStart } from './last-15-minutes.ts';
import { isoDate, isoSeconds, roundMs } from './rounding.ts';

describe('answers', () => {
  test.each([
    [41.5, 41.5],
    [33.333_333, 33.333],
    [0.000_4, 0],
    [1_234_567.891_2, 1_234_567.891],
    [null, null],
  ])('show %d ms as %d', (value, shown) => {
    expect(roundMs(value)).toBe(shown);
  });

  test('show times in UTC, whole seconds, never rounded up', () => {
    const timeMs = Date.parse('2026-02-10T23:59:59.999Z');
    expect(isoSeconds(timeMs)).toBe('2026-02-10T23:59:59Z');
    expect(isoDate(timeMs)).toBe('2026-02-10');
  });
});

test.each([
  ['2026-02-10T20:00:00.000Z', '2026-02-10T19:45:00.000Z'],
  ['2026-02-10T20:00:09.999Z', '2026-02-10T19:45:00.000Z'],
  ['2026-02-10T20:00:10.000Z', '2026-02-10T19:45:10.000Z'],
])('the last 15 minutes at %s start at %s', (now, start) => {
  expect(new Date(last15MinutesStart(Date.parse(now))).toISOString()).toBe(start);
});
