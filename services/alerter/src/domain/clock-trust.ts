/**
 * How far clocks are believed. Machines differ by a little, and are set right now and then; a clock
 * that is off by more must not decide which bots are silent.
 */

/** Corrections that are smaller make a window late by less than a slice. */
const UNNOTICED_STEP_MS = 2_000;

/** Whether the clock has been set back since it told `thenMs`. */
export function wasSetBack(thenMs: number, nowMs: number): boolean {
  return nowMs < thenMs - UNNOTICED_STEP_MS;
}
