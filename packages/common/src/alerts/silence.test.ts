/** Which silence holds back which mails, and until when. */
import { describe, expect, test } from '@jest/globals';
import { isActive, type Silence, silenceOf, silenceValidator } from './silence.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00.000Z');
const SUBJECT = { bot_id: 'bot-1', rule: 'no_traffic' };

const after = (ms: number) => new Date(NOW_MS + ms).toISOString();

function silence(over: Partial<Silence> = {}): Silence {
  return {
    silence_id: 's1',
    bot_id: null,
    rule: null,
    reason: 'maintenance',
    created_by: 'Ann',
    created_at: after(-60_000),
    ends_at: after(60_000),
    ...over,
  };
}

test('is active until it ends, and not at its end', () => {
  expect(isActive({ ends_at: after(1) }, NOW_MS)).toBe(true);
  expect(isActive({ ends_at: after(0) }, NOW_MS)).toBe(false);
  expect(isActive({ ends_at: after(-1) }, NOW_MS)).toBe(false);
});

describe('holds back', () => {
  test.each<[Partial<Silence>, boolean]>([
    [{}, true],
    [{ bot_id: 'bot-1' }, true],
    [{ rule: 'no_traffic' }, true],
    [{ bot_id: 'bot-1', rule: 'no_traffic' }, true],
    [{ bot_id: 'bot-2' }, false],
    [{ bot_id: 'bot-1', rule: 'high_error_rate' }, false],
    [{ bot_id: 'bot-2', rule: 'no_traffic' }, false],
    [{ ends_at: after(0) }, false],
  ])('%j: %s', (over, isHeldBack) => {
    const one = silence(over);
    expect(silenceOf(SUBJECT, [one], NOW_MS)).toBe(isHeldBack ? one : null);
  });

  test('as long as the one of several that ends last', () => {
    const last = silence({ silence_id: 'last', ends_at: after(90_000) });
    const others = [silence(), last, silence({ bot_id: 'bot-2', ends_at: after(99_000) })];
    expect(silenceOf(SUBJECT, others, NOW_MS)).toBe(last);
    expect(silenceOf(SUBJECT, [], NOW_MS)).toBeNull();
  });

  test('by the moment, however the time is written', () => {
    const inBerlin = silence({ silence_id: 'berlin', ends_at: '2026-02-10T21:00:30+01:00' });
    const inUtc = silence({ silence_id: 'utc', ends_at: '2026-02-10T20:00:20Z' });
    expect(silenceOf(SUBJECT, [inUtc, inBerlin], NOW_MS)).toBe(inBerlin);
  });
});

test.each<Partial<Record<keyof Silence, unknown>>>([
  { reason: '' },
  { created_by: '' },
  { ends_at: 'tomorrow' },
  { ends_at: null },
  { bot_id: 'no such id!' },
  { rule: '' },
  { silence_id: '' },
])('cannot be one: %j', (over) => {
  expect(silenceValidator.Check(silence())).toBe(true);
  expect(silenceValidator.Check({ ...silence(), ...over })).toBe(false);
});
