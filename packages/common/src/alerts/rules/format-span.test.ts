import { expect, test } from '@jest/globals';
import { formatLast, formatSpan } from './format-span.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [0, '0 seconds'],
  [999, '0 seconds'],
  [1 * SECOND, '1 second'],
  [10 * SECOND, '10 seconds'],
  [59_999, '59 seconds'],
  [1 * MINUTE, '1 minute'],
  [15 * MINUTE, '15 minutes'],
  [15 * MINUTE + 1 * SECOND, '15 minutes 1 second'],
  [1 * HOUR, '1 hour'],
  [1 * HOUR + 30 * MINUTE, '1 hour 30 minutes'],
  [1 * HOUR + 30 * MINUTE + 59 * SECOND, '1 hour 30 minutes'],
  [1 * HOUR + 5 * SECOND, '1 hour'],
  [23 * HOUR + 59 * MINUTE + 59 * SECOND, '23 hours 59 minutes'],
  [1 * DAY, '1 day'],
  [2 * DAY + 1 * HOUR + 40 * MINUTE, '2 days 1 hour'],
  [1 * DAY + 59 * MINUTE, '1 day'],
  [400 * DAY, '400 days'],
  [-5 * SECOND, '0 seconds'],
  [Number.NaN, '0 seconds'],
])('%d ms: %s', (spanMs, words) => expect(formatSpan(spanMs)).toBe(words));

test.each([
  [3_600_000, 'hour'],
  [900_000, '15 minutes'],
  [5_400_000, '1 hour 30 minutes'],
])('the last %d ms are the last %s', (spanMs, words) => expect(formatLast(spanMs)).toBe(words));
