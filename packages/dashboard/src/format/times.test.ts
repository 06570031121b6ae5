import { expect, test } from '@jest/globals';
import { formatAgo, formatMoment, formatUtc, formatUtcDay } from './times.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

test.each([
  [0, 'just now'],
  [40_000, '40 s ago'],
  [5 * 60_000, '5 min ago'],
  [26 * 3_600_000, '26 h ago'],
  [3 * 86_400_000, '3 d ago'],
  [3_000 * 86_400_000, '8 y ago'],
  [-10 * 60_000, 'in 10 min'],
])('%i ms ago is %s', (agoMs, text) => {
  expect(formatAgo(NOW_MS - agoMs, NOW_MS)).toBe(text);
});

test('UTC is told as such', () => {
  expect(formatUtc(NOW_MS + 999)).toBe('2026-02-10 20:00:00 UTC');
});

test('a moment is told to the millisecond today, and with its day when it is of another', () => {
  expect(formatMoment(NOW_MS - 1, NOW_MS)).toMatch(/^\d\d:59:59\.999$/);
  expect(formatMoment(NOW_MS - 3 * 86_400_000, NOW_MS)).toMatch(/^7 Feb, \d\d:00:00$/);
});

test('a day is the one that it is in UTC', () => {
  expect(formatUtcDay(Date.parse('2026-02-10T00:00:00Z'))).toBe('Tue 10 Feb');
  expect(formatUtcDay(Date.parse('2026-02-10T23:59:59Z'))).toBe('Tue 10 Feb');
});
