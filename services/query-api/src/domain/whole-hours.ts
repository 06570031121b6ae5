/** The whole hours that a span of time touches, as far as they can have events. */
import { MAX_CLOCK_SKEW_MS } from '@hookpulse/common/events/log-time';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { windowStart } from '@hookpulse/common/windows/window';

/** Start of the first hour and end of the last one, milliseconds since the epoch. */
export interface WholeHours {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Null when the span is empty, or all of it is yet to come. Both times in ms since the epoch. */
export function wholeHours(fromMs: number, toMs: number, nowMs: number): WholeHours | null {
  const lastMs = Math.min(toMs, nowMs + MAX_CLOCK_SKEW_MS);
  if (fromMs >= lastMs) return null;
  return {
    fromMs: windowStart(fromMs, HOUR_MS),
    toMs: windowStart(lastMs + HOUR_MS - 1, HOUR_MS),
  };
}
