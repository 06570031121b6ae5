import { expect, test } from '@jest/globals';
import { wholeHours } from './whole-hours.ts';

const at = (iso: string) => Date.parse(iso);
const NOW_MS = at('2026-02-10T20:30:00Z');

test.each([
  ['2026-02-10T10:00:00Z', '2026-02-10T12:00:00Z', '2026-02-10T10:00:00Z', '2026-02-10T12:00:00Z'],
  ['2026-02-10T10:59:59Z', '2026-02-10T11:00:01Z', '2026-02-10T10:00:00Z', '2026-02-10T12:00:00Z'],
  ['2026-02-10T20:00:00Z', '9999-01-01T00:00:00Z', '2026-02-10T20:00:00Z', '2026-02-10T21:00:00Z'],
])('%s to %s is %s to %s', (from, to, start, end) => {
  expect(wholeHours(at(from), at(to), NOW_MS)).toEqual({ fromMs: at(start), toMs: at(end) });
});

test('the hour that events may be dated ahead into counts', () => {
  const nowMs = at('2026-02-10T20:58:00Z');
  expect(wholeHours(nowMs, at('9999-01-01'), nowMs)?.toMs).toBe(at('2026-02-10T22:00:00Z'));
});

test.each([
  ['2026-02-10T12:00:00Z', '2026-02-10T12:00:00Z'],
  ['2026-02-10T12:00:00Z', '2026-02-10T10:00:00Z'],
  ['2026-02-11T12:00:00Z', '2026-02-11T13:00:00Z'],
])('%s to %s has none', (from, to) => {
  expect(wholeHours(at(from), at(to), NOW_MS)).toBeNull();
});
