import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chartUnit, zoomedRange } from './chart-unit.ts';

const NOW_MS = Date.parse('2026-02-10T20:20:30Z');

test.each([
  ['the last hour', HOUR_MS, null, 'minute'],
  ['the last 12 hours', 12 * HOUR_MS, null, 'minute'],
  ['the last day', DAY_MS, null, 'hour'],
  ['an hour of yesterday evening', 23 * HOUR_MS, 22 * HOUR_MS, 'minute'],
  ['an hour of which there are no minutes any more', 25 * HOUR_MS, 24 * HOUR_MS, 'hour'],
  ['a month', 31 * DAY_MS, null, 'hour'],
  ['a quarter', 90 * DAY_MS, null, 'day'],
] as const)('the charts of %s', (_, fromAgo, toAgo, unit) => {
  const span = { fromMs: NOW_MS - fromAgo, toMs: toAgo === null ? null : NOW_MS - toAgo };
  expect(chartUnit(span, NOW_MS)).toBe(unit);
  expect(chartUnit(span, NOW_MS, 'day')).toBe('day');
});

test('all of time is drawn by the day', () => {
  expect(chartUnit({ fromMs: null, toMs: null }, NOW_MS)).toBe('day');
});

test('a zoom covers the dragged range, in whole minutes, and enough minutes or hours for a line', () => {
  fc.assert(
    fc.property(fc.nat(2 * DAY_MS), fc.integer({ min: 1, max: DAY_MS }), (agoMs, lengthMs) => {
      const fromMs = NOW_MS - agoMs;
      const range = zoomedRange(fromMs, fromMs + lengthMs, NOW_MS);
      expect(range.fromMs).toBeLessThanOrEqual(fromMs);
      expect(range.toMs).toBeGreaterThanOrEqual(fromMs + lengthMs);
      const isByMinute = chartUnit(range, NOW_MS) === 'minute';
      const leastMs = isByMinute ? 10 * MINUTE_MS : 6 * HOUR_MS;
      expect(range.toMs - range.fromMs).toBeGreaterThanOrEqual(leastMs);
      expect(range.toMs - range.fromMs).toBeLessThan(Math.max(lengthMs, leastMs) + 2 * MINUTE_MS);
      expect([range.fromMs % MINUTE_MS, range.toMs % MINUTE_MS]).toEqual([0, 0]);
    }),
  );
});

test('a minute of two days ago is shown among the hours around it', () => {
  const fromMs = NOW_MS - 2 * DAY_MS;
  const range = zoomedRange(fromMs, fromMs + MINUTE_MS, NOW_MS);
  expect(chartUnit(range, NOW_MS)).toBe('hour');
  expect(range.toMs - range.fromMs).toBeGreaterThanOrEqual(6 * HOUR_MS);
});
