import { describe, expect, test } from '@jest/globals';
import { highErrorRate } from './high-error-rate.ts';
import {
  NO_EVENTS,
  SAMPLE_BOT,
  SAMPLE_ENVIRONMENT,
  SAMPLE_MOMENT,
} from './testing/sample-judging.ts';

const SETTINGS = highErrorRate.defaultsFrom(SAMPLE_ENVIRONMENT);

function holds(events: number, errors: number, settings = SETTINGS): boolean {
  const facts = { ...NO_EVENTS, events, errors };
  return highErrorRate.holds(facts, settings, SAMPLE_BOT, SAMPLE_MOMENT);
}

function told(events: number, errors: number) {
  const facts = { ...NO_EVENTS, events, errors };
  return highErrorRate.describe(facts, SETTINGS, SAMPLE_BOT, SAMPLE_MOMENT);
}

describe('high_error_rate', () => {
  test('needs more events than the least', () => {
    expect(holds(10, 10)).toBe(false);
    expect(holds(11, 11)).toBe(true);
    expect(holds(1, 1, { ...SETTINGS, min_events: 0 })).toBe(true);
    expect(holds(0, 0, { ...SETTINGS, min_events: 0, threshold: 0 })).toBe(false);
  });

  test.each([
    [150, 0],
    [1_000, 50],
    [5, 0],
  ])(
    'is not over with %i events and %i errors while the bot takes no updates',
    (events, errors) => {
      const forwarding = { oldestMs: null, backlog: 0, isPaused: false, isFailing: true };
      const ending = (bot: typeof SAMPLE_BOT) =>
        highErrorRate.ending({ ...NO_EVENTS, events, errors }, SETTINGS, bot, SAMPLE_MOMENT);
      expect(ending({ ...SAMPLE_BOT, forwarding })).toBe('unknown');
      expect(ending({ ...SAMPLE_BOT, forwarding: { ...forwarding, isFailing: false } })).toBe(
        ending(SAMPLE_BOT),
      );
      expect(ending(SAMPLE_BOT)).not.toBe('unknown');
    },
  );

  test('needs a rate above the threshold, and at it does not hold', () => {
    expect(holds(100, 10)).toBe(false);
    expect(holds(100, 11)).toBe(true);
    expect(holds(1_000_000, 100_000)).toBe(false);
    expect(holds(1_000_000, 100_001)).toBe(true);
  });

  test.each([
    // From enough events: over from a fifth below the line on.
    [1_000, 81, 'unknown'],
    [1_000, 80, 'clear'],
    [11, 0, 'clear'],
    // From fewer: what there is still fails, or does not show that it is over.
    [10, 10, 'failing'],
    [4, 4, 'failing'],
    [10, 1, 'failing'],
    [10, 0, 'too_few'],
    [1, 0, 'too_few'],
    [0, 0, 'too_few'],
  ])('of %d events with %d errors says of an alert that fires: %s', (events, errors, ending) => {
    const facts = { ...NO_EVENTS, events, errors };
    expect(highErrorRate.ending(facts, SETTINGS, SAMPLE_BOT, SAMPLE_MOMENT)).toBe(ending);
  });

  test('holds exactly at no rate that is the threshold by another fraction', () => {
    for (let tenth = 2; tenth <= 10_000; tenth += 1) expect(holds(tenth * 10, tenth)).toBe(false);
    for (const percent of [1, 5, 7, 10, 15, 29, 33, 57, 58, 70, 95]) {
      const settings = { ...SETTINGS, threshold: percent / 100 };
      expect(holds(100_000, percent * 1_000, settings)).toBe(false);
      expect(holds(100_000, percent * 1_000 + 1, settings)).toBe(true);
    }
  });

  test('a threshold of 1 is never crossed, one of 0 by the first error', () => {
    expect(holds(100, 100, { ...SETTINGS, threshold: 1 })).toBe(false);
    expect(holds(100, 1, { ...SETTINGS, threshold: 0 })).toBe(true);
    expect(holds(100, 0, { ...SETTINGS, threshold: 0 })).toBe(false);
  });

  test("speaks in the contract's words", () => {
    expect(told(100, 15)).toEqual({
      sentence: 'Bot "MyBot" has 15.0% error rate (15/100 failed) in the last 15 minutes.',
      severity: 0.15,
      facts: { events: 100, errors: 15, error_rate: 0.15, threshold: 0.1, min_events: 10 },
    });
    expect(told(0, 0).sentence).toBe(
      'Bot "MyBot" has 0.0% error rate (0/0 failed) in the last 15 minutes.',
    );
  });

  test('a higher rate is worse, and is told in brief', () => {
    expect(told(100, 90).severity).toBeGreaterThan(told(10_000, 8_999).severity);
    expect(highErrorRate.brief(told(100, 15).facts)).toBe('15.0% (15/100 failed)');
  });
});
