/** Which hours can still be counted from raw events: those of which none has been deleted for its age. */
import { DAY_MS, HOUR_MS } from '../values/durations.ts';
import { windowStart } from '../windows/window.ts';

/**
 * Start of the first hour whose raw events are all kept, and stay so for a while.
 * @param marginMs - for so long at least, so that nothing is deleted while somebody counts
 */
export function firstWholeHour(nowMs: number, retentionDays: number, marginMs: number): number {
  const oldestKeptMs = nowMs - retentionDays * DAY_MS + marginMs;
  return windowStart(oldestKeptMs + HOUR_MS - 1, HOUR_MS);
}
