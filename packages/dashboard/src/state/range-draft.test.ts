import { describe, expect, test } from '@jest/globals';
import { draftOfRange, rangeOfDraft } from './range-draft.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:30.000Z');
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('a range of one’s own', () => {
  test('begins with what was shown, to the minute', () => {
    const draft = draftOfRange({ kind: 'preset', preset: '1h' }, NOW_MS);
    const toMs = NOW_MS - (NOW_MS % MINUTE_MS);
    expect(rangeOfDraft(draft)).toEqual({
      kind: 'range',
      range: { kind: 'own', fromMs: toMs - HOUR_MS, toMs },
    });
  });

  test('is read as it was written', () => {
    const range = { kind: 'own', fromMs: Date.parse('2026-02-10T20:00:00Z'), toMs: null } as const;
    const draft = draftOfRange(range, NOW_MS);
    expect(draft.to).toBe('');
    expect(rangeOfDraft(draft)).toEqual({ kind: 'range', range });
  });

  test.each([
    [draftOfRange({ kind: 'preset', preset: 'all' }, NOW_MS), /begins, when it ends/],
    [{ from: '2026-02-10T20:00', to: '2026-02-10T20:00' }, /begin before it ends/],
  ])('cannot be %p', (draft, problem) => {
    expect(rangeOfDraft(draft)).toEqual({ kind: 'bad', problem: expect.stringMatching(problem) });
  });
});
