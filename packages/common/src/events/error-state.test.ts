import { expect, test } from '@jest/globals';
import { type ErrorMark, errorStateOf } from './error-state.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const ago = (hours: number) => NOW_MS - hours * 3_600_000;
const iso = (timeMs: number) => new Date(timeMs).toISOString();
const by = { fingerprint: '852495384adbc1ea', by: 'ops' };
const resolved = (hours: number): ErrorMark => ({ ...by, kind: 'resolved', at: iso(ago(hours)) });
const ignored = (untilHoursAgo: number): ErrorMark => ({
  ...by,
  kind: 'ignored',
  at: iso(ago(9)),
  until: iso(ago(untilHoursAgo)),
});

test.each([
  ['new', undefined, 2, 0],
  ['new', undefined, 23.9, 0],
  ['ongoing', undefined, 24, 0],
  ['resolved', resolved(1), 48, 1],
  ['back', resolved(1), 48, 0.5],
  ['back', resolved(1), 0.5, 0.5],
  ['ignored', ignored(-1), 48, 0],
  ['ongoing', ignored(0), 48, 0],
  ['new', ignored(0.1), 3, 0],
] as const)('%s', (state, mark, firstAgo, lastAgo) => {
  const seen = { firstMs: ago(firstAgo), lastMs: ago(lastAgo) };
  expect(errorStateOf(mark, seen, NOW_MS)).toBe(state);
});
