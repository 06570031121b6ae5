import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { describe, expect, test } from '@jest/globals';
import { draftOfSpan, rangeOfDraft, shownSpan } from './range-draft.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:30.000Z');
const NO_SPAN = { fromMs: null, toMs: null };

describe('a range of one’s own', () => {
  test('begins with what was shown, to the minute', () => {
    const shown = shownSpan({ kind: 'preset', preset: '1h' }, NOW_MS);
    const toMs = NOW_MS - (NOW_MS % MINUTE_MS);
    expect(rangeOfDraft(draftOfSpan(shown), shown)).toEqual({
      kind: 'range',
      range: { kind: 'own', fromMs: toMs - HOUR_MS, toMs },
    });
  });

  test('is read as it was written', () => {
    const range = { kind: 'own', fromMs: Date.parse('2026-02-10T20:00:00Z'), toMs: null } as const;
    const draft = draftOfSpan(range);
    expect(draft.to).toBe('');
    expect(rangeOfDraft(draft, NO_SPAN)).toEqual({ kind: 'range', range });
  });

  test('keeps the moment of an end that nobody has typed into, whatever its text leaves out', () => {
    const range = { kind: 'own', fromMs: NOW_MS - HOUR_MS + 1, toMs: NOW_MS } as const;
    const shown = shownSpan(range, NOW_MS);
    const draft = { ...draftOfSpan(shown), to: '2026-02-11T20:00' };
    expect(rangeOfDraft(draft, shown)).toEqual({
      kind: 'range',
      range: { kind: 'own', fromMs: range.fromMs, toMs: new Date(draft.to).getTime() },
    });
    expect(rangeOfDraft({ ...draft, from: '' }, shown)).toMatchObject({ range: { fromMs: null } });
  });

  test.each([
    [
      draftOfSpan(shownSpan({ kind: 'preset', preset: 'all' }, NOW_MS)),
      /^Enter a start, an end, or both\.$/,
    ],
    [{ from: '2026-02-10T20:00', to: '2026-02-10T20:00' }, /start must be before the end/],
    [{ from: '20261-11-29T21:00', to: '' }, /^Enter a date and a time\.$/],
    [{ from: '2026-02-10T20:00', to: '20261-11-29T21:00' }, /^Enter a date and a time\.$/],
    // A year that is half typed.
    [{ from: '0202-02-10T20:00', to: '' }, /^Enter a date and a time\.$/],
  ])('cannot be %p', (draft, problem) => {
    expect(rangeOfDraft(draft, NO_SPAN)).toEqual({
      kind: 'bad',
      problem: expect.stringMatching(problem),
    });
  });
});
