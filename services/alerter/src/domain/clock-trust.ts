/**
 * How far clocks are believed. Machines differ by a little, and are set right now and then; a clock
 * that is off by more must not decide which bots are silent.
 */

/** Ingest refuses events that are further ahead: of who wrote more, the clock is wrong. */
export const MAX_AHEAD_MS = 5 * 60_000;

/** Corrections that are smaller make a window late by less than a slice. */
const UNNOTICED_STEP_MS = 2_000;

/** Whether the clock has been set back since it told `thenMs`. */
export function wasSetBack(thenMs: number, nowMs: number): boolean {
  return nowMs < thenMs - UNNOTICED_STEP_MS;
}

/**
 * The moment that the log had come to with a message. Log time never goes back, so after a clock was
 * far ahead it stands still until the time has come; meanwhile now is right.
 */
export function momentOfLog(logTimeMs: number, nowMs: number): number {
  return logTimeMs > nowMs + MAX_AHEAD_MS ? nowMs : logTimeMs;
}
