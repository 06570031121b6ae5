/** The share of a day in which a bot was healthy. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { healthyShare } from './status-days.ts';

const DAY = Date.parse('2026-02-10T00:00:00Z');
const NOW = DAY + 20 * HOUR_MS;

function alert(fromMinute: number, toMinute: number) {
  return { fromMs: DAY + fromMinute * MINUTE_MS, toMs: DAY + toMinute * MINUTE_MS };
}

test('is of the hours with traffic; overlapping alerts count once', () => {
  const past = {
    hourStartsMs: [DAY, DAY + HOUR_MS, DAY + 2 * HOUR_MS, DAY + 3 * HOUR_MS],
    alerts: [alert(60, 84), alert(70, 80)],
  };
  expect(healthyShare(past, DAY, NOW)).toEqual({
    percent: 90,
    days: [{ date: '2026-02-10', healthy_percent: 90, unhealthy_minutes: 24 }],
  });
});

test('an alert counts as observed where there is no traffic, and is parted at midnight', () => {
  const alerts = [{ fromMs: DAY - 30 * MINUTE_MS, toMs: DAY + 30 * MINUTE_MS }];
  const past = { hourStartsMs: [DAY], alerts };
  expect(healthyShare(past, DAY - DAY_MS, NOW).days).toEqual([
    { date: '2026-02-09', healthy_percent: 0, unhealthy_minutes: 30 },
    { date: '2026-02-10', healthy_percent: 50, unhealthy_minutes: 30 },
  ]);
});

test('nothing that was observed is not 100 percent', () => {
  expect(healthyShare({ hourStartsMs: [], alerts: [] }, DAY, NOW).percent).toBeNull();
});

test('a second in ninety days is seen: it is rounded down', () => {
  const hourStartsMs = Array.from(
    { length: 24 * 90 },
    (_, nth) => DAY - 90 * DAY_MS + nth * HOUR_MS,
  );
  const past = { hourStartsMs, alerts: [{ fromMs: DAY - 1_000, toMs: DAY }] };
  expect(healthyShare(past, DAY - 90 * DAY_MS, DAY - 1).percent).toBe(99.99);
});

test('a whole share is not rounded down to less than it is', () => {
  const hourStartsMs = Array.from({ length: 100 }, (_, nth) => DAY + nth * HOUR_MS);
  const past = { hourStartsMs, alerts: [alert(0, 43 * 60)] };
  expect(healthyShare(past, DAY, DAY + 100 * HOUR_MS).percent).toBe(57);
});

test('is between 0 and 100, and less with more alerts', () => {
  const span = fc
    .tuple(fc.integer({ min: -3_000, max: 3_000 }), fc.integer({ min: 0, max: 3_000 }))
    .map(([from, length]) => alert(from, from + length));
  const hours = fc.uniqueArray(fc.integer({ min: 0, max: 19 }).map((n) => DAY + n * HOUR_MS));
  fc.assert(
    fc.property(hours, fc.array(span), span, (hourStartsMs, alerts, more) => {
      const { percent, days } = healthyShare({ hourStartsMs, alerts }, DAY, NOW);
      const worse = healthyShare({ hourStartsMs, alerts: [...alerts, more] }, DAY, NOW);
      if (percent !== null) {
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(percent).toBeLessThanOrEqual(100);
        expect(worse.percent).toBeLessThanOrEqual(percent);
      }
      expect(days[0]?.unhealthy_minutes).toBeLessThanOrEqual(20 * 60);
    }),
  );
});
