import { expect, test } from '@jest/globals';
import { MINUTE_MS } from '../values/durations.ts';
import { firstWholeHour } from './raw-retention.ts';

const at = (iso: string) => Date.parse(iso);

test.each([
  ['2026-02-10T20:30:00Z', 0, '2026-02-03T21:00:00Z'],
  ['2026-02-10T20:00:00Z', 0, '2026-02-03T20:00:00Z'],
  ['2026-02-10T20:00:00Z', 10 * MINUTE_MS, '2026-02-03T21:00:00Z'],
  ['2026-02-10T20:49:00Z', 10 * MINUTE_MS, '2026-02-03T21:00:00Z'],
  ['2026-02-10T20:51:00Z', 10 * MINUTE_MS, '2026-02-03T22:00:00Z'],
])('at %s with a margin of %i ms, seven days reach back to %s', (now, marginMs, since) => {
  expect(firstWholeHour(at(now), 7, marginMs)).toBe(at(since));
});
