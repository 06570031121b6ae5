import { expect, test } from '@jest/globals';
import { parseTime } from './times.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

test.each([
  ['2026-02-10', '2026-02-10T00:00:00Z'],
  ['2026-02-10T20:30', '2026-02-10T20:30:00Z'],
  ['2026-02-10 20:30:15', '2026-02-10T20:30:15Z'],
  ['2026-02-10T20:30:15.250Z', '2026-02-10T20:30:15.250Z'],
  ['2026-02-10T20:30+02:00', '2026-02-10T18:30:00Z'],
  ['24h', '2026-02-09T20:00:00Z'],
  ['7d', '2026-02-03T20:00:00Z'],
  ['90m', '2026-02-10T18:30:00Z'],
])('%s is %s', (text, iso) => {
  expect(parseTime(text, '--from', NOW_MS)).toBe(Date.parse(iso));
});

test.each(['', 'yesterday', '10.02.2026', '2026-13-01', '2026-02-10T25:00', '5', '3w'])(
  '%j is refused',
  (text) => {
    expect(() => parseTime(text, '--from', NOW_MS)).toThrow(/^--from must be ISO 8601 in UTC/);
  },
);
