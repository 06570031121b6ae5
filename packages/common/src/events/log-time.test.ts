import { expect, test } from '@jest/globals';
import { DAY_MS, MINUTE_MS } from '../values/durations.ts';
import { eventLogTime, momentOfLog } from './log-time.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const YEAR_2100_MS = Date.parse('2100-01-01T00:00:00Z');

test.each([
  ['as it is, a moment ago', NOW_MS - 1, NOW_MS - 1],
  ['as it is, days ago: the log is being caught up with', NOW_MS - 3 * DAY_MS, NOW_MS - 3 * DAY_MS],
  ['as it is, a little ahead', NOW_MS + 5 * MINUTE_MS, NOW_MS + 5 * MINUTE_MS],
  ['for now, far ahead', YEAR_2100_MS, NOW_MS],
  ['for now, beyond all times', Number.MAX_SAFE_INTEGER, NOW_MS],
])('the time of a record is taken %s', (_, recordTimeMs, takenMs) => {
  expect(momentOfLog(recordTimeMs, NOW_MS)).toBe(takenMs);
});

test.each([
  ['an event that comes days late', NOW_MS, NOW_MS - 3 * DAY_MS, NOW_MS],
  ['an event whose sender is a little ahead', NOW_MS, NOW_MS + MINUTE_MS, NOW_MS],
  ['a record of 1970', 0, NOW_MS - MINUTE_MS, NOW_MS - 6 * MINUTE_MS],
  ['a record without a time', -1, NOW_MS, NOW_MS - 5 * MINUTE_MS],
  ['a record of 1970 whose event is of 2100', 0, YEAR_2100_MS, NOW_MS - 5 * MINUTE_MS],
  ['a record of 2100', YEAR_2100_MS, NOW_MS - MINUTE_MS, NOW_MS],
])('%s is on the log at a time that can be', (_, recordTimeMs, eventTimeMs, logTimeMs) => {
  expect(eventLogTime(recordTimeMs, eventTimeMs, NOW_MS)).toBe(logTimeMs);
});
