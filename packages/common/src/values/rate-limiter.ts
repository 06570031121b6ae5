/**
 * How often somebody may ask: so many requests a minute, all at once if need be, and afterwards one as
 * often as the rate allows. The generic cell rate algorithm (ITU-T I.371, annex A): of each key one
 * number is kept, the time at which it would be at rest again.
 */
import { MINUTE_MS } from './durations.ts';

export interface RateLimiter {
  /** Counts a request. @returns 0 when it is allowed, else the wait in milliseconds until one is */
  take(key: string, nowMs: number): number;
  /** The same without counting it. */
  waitMs(key: string, nowMs: number): number;
}

/** More than ask within a minute; beyond it those that asked first are let go, and start anew. */
const MAX_KEYS = 50_000;

/** @param perMinute - above 0 */
export function createRateLimiter(perMinute: number, maxKeys: number = MAX_KEYS): RateLimiter {
  const intervalMs = MINUTE_MS / perMinute;
  const toleranceMs = MINUTE_MS - intervalMs;
  /** The one that asked longest ago comes first. */
  const restingAtMs = new Map<string, number>();

  return { take, waitMs };

  function take(key: string, nowMs: number): number {
    const wait = waitMs(key, nowMs);
    if (wait > 0) return wait;
    const next = Math.max(restsAtMs(key, nowMs), nowMs) + intervalMs;
    restingAtMs.delete(key);
    restingAtMs.set(key, next);
    forgetOldest(nowMs);
    return 0;
  }

  function waitMs(key: string, nowMs: number): number {
    return Math.max(0, restsAtMs(key, nowMs) - nowMs - toleranceMs);
  }

  /** Nobody gets further ahead than a minute: then the clock was set back, and says nothing any more. */
  function restsAtMs(key: string, nowMs: number): number {
    const atMs = restingAtMs.get(key) ?? 0;
    return atMs - nowMs > MINUTE_MS ? 0 : atMs;
  }

  /** At most two a request, so that no request pays for all. */
  function forgetOldest(nowMs: number): void {
    const entries = restingAtMs.entries();
    for (let looked = 0; looked < 2; looked += 1) {
      const oldest = entries.next();
      if (oldest.done) return;
      const [key, atMs] = oldest.value;
      if (atMs > nowMs && restingAtMs.size <= maxKeys) return;
      restingAtMs.delete(key);
    }
  }
}
