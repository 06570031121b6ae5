import { describe, expect, test } from '@jest/globals';
import { type Pace, plannedCount, plannedMs } from './pacing.ts';

function timesOf(pace: Pace): number[] {
  return Array.from({ length: plannedCount(pace) }, (_, n) => plannedMs(n, pace));
}

describe('pacing', () => {
  test('without a burst, requests are equally far apart', () => {
    expect(timesOf({ perSecond: 4, durationMs: 1_000, burst: 1 })).toEqual([0, 250, 500, 750]);
  });

  test.each([
    [20, 60_000, 5],
    [7, 12_345, 3],
    [100, 500, 10],
    [0.5, 60_000, 2],
  ])(
    '%d/s for %d ms with bursts of %d keep the mean and the end',
    (perSecond, durationMs, burst) => {
      const pace = { perSecond, durationMs, burst };
      const times = timesOf(pace);
      expect(times).toHaveLength(Math.round((perSecond * durationMs) / 1_000));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.at(-1)).toBeLessThan(durationMs);
    },
  );

  test('in the last second of ten there are so many times as many as in the others', () => {
    const times = timesOf({ perSecond: 140, durationMs: 20_000, burst: 5 });
    const perSecond = Map.groupBy(times, (ms) => Math.floor(ms / 1_000 + 1e-9));
    const counts = [...perSecond.values()].map((second) => second.length);
    expect(counts.slice(0, 10)).toEqual([100, 100, 100, 100, 100, 100, 100, 100, 100, 500]);
    expect(counts).toHaveLength(20);
  });
});
