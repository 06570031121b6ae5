/** What the tests of rules judge by: the contract's defaults, and a bot without any event. */
import type { EnvironmentDefaults, JudgedBot, JudgedMoment, WindowFacts } from '../rule.ts';

const WINDOW_MS = 900_000;
const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

export const SAMPLE_ENVIRONMENT: EnvironmentDefaults = {
  windowMs: WINDOW_MS,
  errorRateThreshold: 0.1,
  minEvents: 10,
  signatureFailureThreshold: 5,
  repeatAfterMinutes: 30,
  noTrafficRepeatAfterMinutes: 60,
  noTrafficAfterSeconds: null,
  slowProcessingLimitMs: 500,
};

export const SAMPLE_MOMENT: JudgedMoment = {
  nowMs: NOW_MS,
  knownSinceMs: NOW_MS - 60 * WINDOW_MS,
  windowMs: WINDOW_MS,
  absences: [],
};

/** Watched, and heard of, since long before. */
export const SAMPLE_BOT: JudgedBot = {
  name: 'MyBot',
  watchedSinceMs: NOW_MS - 30 * WINDOW_MS,
  isHeard: true,
  // Out of patience by any setting, so that rules that look at it hold where everything is bad.
  forwarding: { oldestMs: NOW_MS - 100 * WINDOW_MS, backlog: 3, isPaused: false, isFailing: false },
};

export const NO_EVENTS: WindowFacts = {
  events: 0,
  errors: 0,
  signatureFailures: 0,
  measured: 0,
  slow: 0,
  lastEventMs: null,
};
