import { expect, test } from '@jest/globals';
import { retryAfterMs } from './retry-after.ts';

const NOW_MS = Date.UTC(2026, 1, 10, 20);

test.each<[string | string[] | undefined, number | null]>([
  ['7', 7_000],
  [' 120 ', 120_000],
  ['Tue, 10 Feb 2026 20:00:05 GMT', 5_000],
  // These ask for no pause.
  ['0', null],
  ['Tue, 10 Feb 2026 19:59:00 GMT', null],
  // These are none.
  [undefined, null],
  ['', null],
  ['1.5', null],
  ['-1', null],
  ['soon', null],
  [['5', '7'], null],
])('%j asks for a pause of %j ms', (header, ms) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(ms);
});
