import { expect, test } from '@jest/globals';
import { formatAgo, formatUtc } from './times.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

test.each([
  [0, 'just now'],
  [40_000, '40 s ago'],
  [5 * 60_000, '5 min ago'],
  [26 * 3_600_000, '26 h ago'],
  [3 * 86_400_000, '3 d ago'],
  [-10 * 60_000, 'in 10 min'],
])('%i ms ago is %s', (agoMs, text) => {
  expect(formatAgo(NOW_MS - agoMs, NOW_MS)).toBe(text);
});

test('UTC is told as such', () => {
  expect(formatUtc(NOW_MS + 999)).toBe('2026-02-10 20:00:00 UTC');
});
