/** The whole hours that a span of time touches, as far as they can have events. */
import { HOUR_MS, windowStart } from '@hookpulse/common/windows/window';

/** Start of the first hour and end of the last one, milliseconds since the epoch. */
export interface WholeHours {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Events may be dated so far ahead, so that the next hour may have begun already. */
const MAX_AHEAD_MS = 300_000;

/** Null when the span is empty, or all of it is yet to come. Both times in ms since the epoch. */
export function wholeHours(fromMs: number, toMs: number, nowMs: number): WholeHours | null {
  const lastMs = Math.min(toMs, nowMs + MAX_AHEAD_MS);
  if (fromMs >= lastMs) return null;
  return {
    fromMs: windowStart(fromMs, HOUR_MS),
    toMs: windowStart(lastMs + HOUR_MS - 1, HOUR_MS),
  };
}
