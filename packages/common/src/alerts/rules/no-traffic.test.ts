import { describe, expect, test } from '@jest/globals';
import { noTraffic } from './no-traffic.ts';
import {
  NO_EVENTS,
  SAMPLE_BOT,
  SAMPLE_ENVIRONMENT,
  SAMPLE_MOMENT,
} from './testing/sample-judging.ts';

const SETTINGS = noTraffic.defaultsFrom(SAMPLE_ENVIRONMENT);
const { nowMs, windowMs } = SAMPLE_MOMENT;

interface Case {
  /** Milliseconds before now; null: never. */
  readonly lastEventAgo: number | null;
  readonly watchedFor?: number;
  readonly afterSeconds?: number;
  /** For how long the log was read; default: for as long as the bot is watched. */
  readonly knownFor?: number;
  readonly isHeard?: boolean;
  /** When nobody listened: from and to, milliseconds before now. */
  readonly absences?: readonly (readonly [number, number])[];
  /** By how many milliseconds the clock is ahead of the log's; default: by none. */
  readonly clockAhead?: number;
}

function judged(one: Case) {
  const { lastEventAgo, watchedFor, afterSeconds, knownFor } = one;
  const facts = { ...NO_EVENTS, lastEventMs: lastEventAgo === null ? null : nowMs - lastEventAgo };
  const bot = {
    ...SAMPLE_BOT,
    isHeard: one.isHeard ?? true,
    watchedSinceMs: watchedFor === undefined ? SAMPLE_BOT.watchedSinceMs : nowMs - watchedFor,
  };
  const settings = { ...SETTINGS, after_seconds: afterSeconds ?? SETTINGS.after_seconds };
  const at = {
    ...SAMPLE_MOMENT,
    knownSinceMs: knownFor === undefined ? SAMPLE_MOMENT.knownSinceMs : nowMs - knownFor,
    absences: [
      ...(one.absences ?? []).map(([from, to]) => ({ fromMs: nowMs - from, toMs: nowMs - to })),
      ...(one.clockAhead
        ? [{ fromMs: nowMs - one.clockAhead, toMs: nowMs, isClockAhead: true }]
        : []),
    ],
  };
  return {
    ending: noTraffic.ending(facts, settings, bot, at),
    holds: noTraffic.holds(facts, settings, bot, at),
    ...noTraffic.describe(facts, settings, bot, at),
  };
}

describe('no_traffic', () => {
  test('holds when the last event has left the window', () => {
    expect(judged({ lastEventAgo: 0 }).holds).toBe(false);
    expect(judged({ lastEventAgo: windowMs - 1 }).holds).toBe(false);
    expect(judged({ lastEventAgo: windowMs }).holds).toBe(true);
  });

  test('leaves a bot its first window', () => {
    for (const lastEventAgo of [null, 50 * windowMs]) {
      expect(judged({ lastEventAgo, watchedFor: windowMs - 1 }).holds).toBe(false);
      expect(judged({ lastEventAgo, watchedFor: windowMs }).holds).toBe(true);
    }
  });

  test('does not hold for a bot that waits for its first delivery', () => {
    const waiting = { lastEventAgo: null, watchedFor: 50 * windowMs, isHeard: false };
    expect(judged(waiting).holds).toBe(false);
    expect(judged({ ...waiting, isHeard: true }).holds).toBe(true);
  });

  test('does not count the time in which Hookpulse did not listen', () => {
    const hour = 4 * windowMs;
    // Stopped a minute after the last event, and started again a moment ago.
    const stopped = { lastEventAgo: hour, absences: [[hour - 60_000, 5_000]] } as const;
    expect(judged(stopped)).toMatchObject({ holds: false, ending: 'unknown' });
    // A whole window after it listens again it is silence.
    const since = (ms: number) =>
      ({ lastEventAgo: hour, absences: [[hour - 60_000, ms]] }) as const;
    expect(judged(since(windowMs - 1)).holds).toBe(false);
    expect(judged(since(windowMs))).toMatchObject({ holds: true, severity: windowMs + 60_000 });
    // While it does not listen nothing is.
    expect(judged({ lastEventAgo: hour, absences: [[60_000, 0]] }).holds).toBe(false);
    // A longer time gathers over restarts, as long as the last window is whole.
    const long = { lastEventAgo: 8 * windowMs, afterSeconds: (6 * windowMs) / 1_000 };
    const restarted = (missedMs: number) =>
      judged({ ...long, absences: [[2 * windowMs, 2 * windowMs - missedMs]] }).holds;
    expect(restarted(windowMs)).toBe(true);
    expect(judged({ ...long, absences: [[6 * windowMs, 3 * windowMs]] }).holds).toBe(false);
  });

  test('holds where the clock is ahead of the log, when the silence is known to be as long', () => {
    const clockAhead = 120_000;
    const known = windowMs + clockAhead;
    expect(judged({ lastEventAgo: known, clockAhead })).toMatchObject({
      holds: true,
      severity: windowMs,
    });
    expect(judged({ lastEventAgo: known - 1, clockAhead }).holds).toBe(false);
    // After an absence a bot has a whole window here, too.
    const restarted = (ms: number) =>
      judged({ lastEventAgo: 8 * windowMs, clockAhead, absences: [[5 * windowMs, ms]] }).holds;
    expect(restarted(known)).toBe(true);
    expect(restarted(known - 1)).toBe(false);
  });

  test('ends with traffic also where the clock is ahead of the log by more than the limit', () => {
    const ahead = { clockAhead: 240_000, afterSeconds: 60 };
    expect(judged({ ...ahead, lastEventAgo: 241_000 })).toMatchObject({
      holds: false,
      ending: 'clear',
    });
    expect(judged({ ...ahead, lastEventAgo: 300_000 })).toMatchObject({
      holds: true,
      ending: 'unknown',
    });
  });

  test('is over when there is traffic, and not because nobody listens', () => {
    expect(judged({ lastEventAgo: 10_000 }).ending).toBe('clear');
    expect(judged({ lastEventAgo: windowMs }).ending).toBe('unknown');
    expect(judged({ lastEventAgo: null }).ending).toBe('unknown');
    expect(judged({ lastEventAgo: 10_000, watchedFor: 5_000 }).ending).toBe('unknown');
  });

  test('an event that is dated ahead is traffic', () => {
    expect(judged({ lastEventAgo: -300_000 })).toMatchObject({ holds: false, severity: 0 });
    expect(judged({ lastEventAgo: null, watchedFor: -5_000 })).toMatchObject({ holds: false });
  });

  test('has a time of its own where one is set', () => {
    expect(noTraffic.defaultsFrom({ ...SAMPLE_ENVIRONMENT, noTrafficAfterSeconds: 60 })).toEqual({
      enabled: true,
      repeat_after_minutes: 60,
      after_seconds: 60,
    });
    expect(judged({ lastEventAgo: 59_999, afterSeconds: 60 }).holds).toBe(false);
    expect(judged({ lastEventAgo: 60_000, afterSeconds: 60 }).holds).toBe(true);
    // Longer than the window, too.
    expect(judged({ lastEventAgo: 2 * windowMs, afterSeconds: 3_600 }).holds).toBe(false);
  });

  test.each<[Case, string]>([
    [{ lastEventAgo: windowMs + 900 }, 'has had no webhook traffic in the last 15 minutes'],
    [{ lastEventAgo: windowMs + 59_000 }, 'has had no webhook traffic in the last 15 minutes'],
    [{ lastEventAgo: 4_507_000 }, 'has had no webhook traffic in the last 1 hour 15 minutes'],
    [
      { lastEventAgo: null, watchedFor: 10_500, afterSeconds: 10 },
      'has had no webhook traffic in the last 10 seconds',
    ],
    // After a restart more is not known.
    [
      { lastEventAgo: null, watchedFor: 9e9, knownFor: windowMs + 5_000 },
      'has had no webhook traffic in the last 15 minutes',
    ],
    [
      { lastEventAgo: null, watchedFor: 9e9, knownFor: 120_000 },
      'has had no webhook traffic in the last 2 minutes',
    ],
    [{ lastEventAgo: 60_400 }, 'has webhook traffic: its last event was 1 minute ago'],
    [{ lastEventAgo: null, watchedFor: 120_000 }, 'has been enabled for 2 minutes only'],
    [{ lastEventAgo: 9e6, watchedFor: 120_000 }, 'has been enabled for 2 minutes only'],
  ])('says only what is true: %j', (facts, words) => {
    expect(judged(facts).sentence).toBe(`Bot "MyBot" ${words}.`);
  });

  test('longer silence is worse, and is told in brief', () => {
    const long = judged({ lastEventAgo: 7_200_000 });
    expect(long.severity).toBeGreaterThan(judged({ lastEventAgo: windowMs }).severity);
    expect(long.facts).toEqual({ silent_seconds: 7_200, after_seconds: 900 });
    expect(noTraffic.brief(long.facts)).toBe('no events for 2 hours');
  });

  test('says which three things to check first', () => {
    expect(noTraffic.firstChecks).toHaveLength(3);
  });
});
