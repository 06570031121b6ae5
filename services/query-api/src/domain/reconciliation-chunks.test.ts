import { HOUR_MS } from '@hookpulse/common/values/durations';
import { describe, expect, test } from '@jest/globals';
import { chunksOf, spansOf } from './reconciliation-chunks.ts';

const at = (iso: string) => Date.parse(iso);

test('a span is cut at midnight, unless the days before and after are quiet', () => {
  const span = { fromMs: at('2026-02-07T22:00:00Z'), toMs: at('2026-02-11T01:00:00Z') };
  const loads = new Map([
    [at('2026-02-07'), 3],
    [at('2026-02-08'), 4],
    [at('2026-02-09'), 9],
    [at('2026-02-10'), 25],
    [at('2026-02-11'), 2],
  ]);
  expect(spansOf(span, loads, 10)).toEqual([
    { fromMs: span.fromMs, toMs: at('2026-02-09'), events: 7 },
    { fromMs: at('2026-02-09'), toMs: at('2026-02-10'), events: 9 },
    { fromMs: at('2026-02-10'), toMs: at('2026-02-11'), events: 25 },
    { fromMs: at('2026-02-11'), toMs: span.toMs, events: 2 },
  ]);
  expect(spansOf(span, loads, 100)).toEqual([{ ...span, events: 43 }]);
  expect(spansOf(span, new Map(), 10)).toEqual([{ ...span, events: 0 }]);
});

describe('the chunks of a span', () => {
  const span = { fromMs: 0, toMs: 3 * HOUR_MS };

  test('are one for a quiet fleet, and for none', () => {
    const whole = [{ ...span, botFrom: '', botBefore: null }];
    expect(chunksOf(span, [], 10)).toEqual(whole);
    expect(chunksOf(span, [{ botId: 'a', events: 10 }], 10)).toEqual(whole);
  });

  test('hold about so many events, and leave out no bot', () => {
    const loads = ['a', 'b', 'c', 'd', 'e'].map((botId) => ({ botId, events: 4 }));
    expect(chunksOf(span, loads, 10)).toEqual([
      { ...span, botFrom: '', botBefore: 'c' },
      { ...span, botFrom: 'c', botBefore: 'e' },
      { ...span, botFrom: 'e', botBefore: null },
    ]);
  });

  test('are single hours of a bot that is too busy', () => {
    const loads = [
      { botId: 'a', events: 1 },
      { botId: 'b', events: 100 },
      { botId: 'c', events: 1 },
    ];
    const busy = { botFrom: 'b', botBefore: 'c' };
    expect(chunksOf(span, loads, 10)).toEqual([
      { ...span, botFrom: '', botBefore: 'b' },
      { ...busy, fromMs: 0, toMs: HOUR_MS },
      { ...busy, fromMs: HOUR_MS, toMs: 2 * HOUR_MS },
      { ...busy, fromMs: 2 * HOUR_MS, toMs: 3 * HOUR_MS },
      { ...span, botFrom: 'c', botBefore: null },
    ]);
  });
});
