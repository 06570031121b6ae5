import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forwardingStuck } from './forwarding-stuck.ts';
import {
  NO_EVENTS,
  SAMPLE_BOT,
  SAMPLE_ENVIRONMENT,
  SAMPLE_MOMENT,
} from './testing/sample-judging.ts';

const SETTINGS = forwardingStuck.defaultsFrom(SAMPLE_ENVIRONMENT);
const { nowMs } = SAMPLE_MOMENT;

function judged(
  ageMs: number | null,
  { backlog = 3, isPaused = false, isFailing = false, maxAgeSeconds = 300 } = {},
) {
  const oldestMs = ageMs === null ? null : nowMs - ageMs;
  const bot = { ...SAMPLE_BOT, forwarding: { oldestMs, backlog, isPaused, isFailing } };
  const settings = { ...SETTINGS, max_age_seconds: maxAgeSeconds };
  return {
    holds: forwardingStuck.holds(NO_EVENTS, settings, bot, SAMPLE_MOMENT),
    ending: forwardingStuck.ending(NO_EVENTS, settings, bot, SAMPLE_MOMENT),
    ...forwardingStuck.describe(NO_EVENTS, settings, bot, SAMPLE_MOMENT),
  };
}

describe('forwarding_stuck', () => {
  test('holds exactly when the oldest update is older than the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -60_000, max: 200_000_000 }),
        fc.integer({ min: 1, max: 86_400 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.boolean(),
        (ageMs, maxAgeSeconds, backlog, isPaused) => {
          const { holds, ending, facts } = judged(ageMs, { maxAgeSeconds, backlog, isPaused });
          expect(holds).toBe(ageMs > maxAgeSeconds * 1_000);
          // It never gives the all-clear while it holds, and always does when nothing is old.
          if (holds) expect(ending).toBe('unknown');
          if (ageMs <= 0) expect(ending).toBe('clear');
          expect(Object.values(facts).every((value) => value >= 0)).toBe(true);
        },
      ),
    );
  });

  test('an older update is worse', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.nat(10_000_000), (a, b) => {
        const [young = 0, old = 0] = [a, b].toSorted((x, y) => x - y);
        expect(judged(old).severity).toBeGreaterThanOrEqual(judged(young).severity);
        if (judged(young).holds) expect(judged(old).holds).toBe(true);
      }),
    );
  });

  test.each([
    [null, 'clear'],
    [240_000, 'clear'],
    [240_001, 'unknown'],
    [300_000, 'unknown'],
  ])('an alert whose oldest update waits for %s ms is %s', (ageMs, ending) => {
    expect(judged(ageMs)).toMatchObject({ holds: false, ending });
  });

  test('an alert is not over because the last update that waited was given up', () => {
    expect(judged(null, { isFailing: true })).toMatchObject({ holds: false, ending: 'unknown' });
    expect(judged(1_000, { isFailing: true })).toMatchObject({ holds: false, ending: 'unknown' });
  });

  test('does not hold where nothing is forwarded', () => {
    const bot = { ...SAMPLE_BOT, forwarding: null };
    expect(forwardingStuck.holds(NO_EVENTS, SETTINGS, bot, SAMPLE_MOMENT)).toBe(false);
    expect(forwardingStuck.ending(NO_EVENTS, SETTINGS, bot, SAMPLE_MOMENT)).toBe('clear');
  });

  test('says what waits, and whether it is paused', () => {
    expect(judged(420_000)).toMatchObject({
      sentence: 'Bot "MyBot" has not taken an update for 7 minutes: 3 updates wait.',
      severity: 420,
      facts: { oldest_age_seconds: 420, backlog: 3, max_age_seconds: 300 },
    });
    expect(judged(420_000, { backlog: 1, isPaused: true }).sentence).toBe(
      'Bot "MyBot" has not taken an update for 7 minutes: 1 update waits, and forwarding is paused.',
    );
    expect(judged(null).sentence).toBe('Bot "MyBot" has no update that waits for it.');
  });

  test('is told in brief', () => {
    expect(forwardingStuck.brief(judged(420_000).facts)).toBe(
      'oldest update waits for 7 minutes (3 waiting)',
    );
  });
});
