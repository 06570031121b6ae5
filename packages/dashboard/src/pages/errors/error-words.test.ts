import { describe, expect, test } from '@jest/globals';
import { errorStateOfText, shortLine, wholeLine } from './error-words.ts';

const FROM_MS = Date.parse('2026-02-10T20:00:00Z');
const MINUTE_MS = 60_000;
const group = {
  line: { from: '2026-02-10T20:02:00.000Z', step_seconds: 60, counts: [3, 0, 1] },
};
const span = { fromMs: FROM_MS, toMs: FROM_MS + 8 * MINUTE_MS };

test('a state by its text', () => {
  expect(['back', 'all', '', 'toString'].map(errorStateOfText)).toEqual(['back', '', '', '']);
});

describe('the line of a group', () => {
  test('has every minute of the span', () => {
    const { times, counts } = wholeLine(group, span);
    expect(times).toHaveLength(8);
    expect(times[0]).toBe(FROM_MS);
    expect(counts).toEqual([0, 0, 3, 0, 1, 0, 0, 0]);
  });

  test('loses nothing when it is short', () => {
    expect(shortLine(group, span, 4)).toEqual([0, 3, 1, 0]);
    expect(shortLine(group, span, 1)).toEqual([4]);
  });
});
