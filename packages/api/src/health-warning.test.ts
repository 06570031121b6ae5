import { SECOND_MS } from '@hookpulse/common/values/durations';
import { expect, test } from '@jest/globals';
import { clockWarnings } from './health-warning.ts';

test.each([null, 0, 29_999, -29_999])('a difference of %s ms is none to speak of', (ms) => {
  expect(clockWarnings(ms)).toEqual([]);
});

test.each([
  [30 * SECOND_MS, 30, 'Reports arrive 30 seconds after their timestamp'],
  [119 * SECOND_MS, 119, 'Reports arrive 119 seconds after'],
  [1_200 * SECOND_MS, 1_200, 'Reports arrive 20 minutes after'],
  [5_400 * SECOND_MS, 5_400, 'Reports arrive 90 minutes after'],
  [7_200 * SECOND_MS, 7_200, 'Reports arrive 2 hours after'],
  [172_800 * SECOND_MS, 172_800, 'Reports arrive 2 days after'],
  [-45 * SECOND_MS, -45, 'Reports arrive 45 seconds before their timestamp'],
  [61_400, 61, 'Reports arrive 61 seconds after'],
])('a difference of %d ms is told in the unit that fits', (ms, seconds, start) => {
  expect(clockWarnings(ms)).toEqual([
    { kind: 'clock_difference', seconds, message: expect.stringContaining(start) },
  ]);
});
