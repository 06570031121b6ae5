/**
 * How many wrong credentials one address may show: one budget for all routes of a service,
 * whichever kind of credential it is. It bounds what guessing costs us and leaves behind, not which
 * callers are let in: a right credential is never refused for the wrong ones of others behind the
 * same address. What makes guessing hopeless is the length of the credentials.
 */

import type { Clock } from '@hookpulse/common/runtime/clock';
import { createRateLimiter } from '@hookpulse/common/values/rate-limiter';

export interface FailureBudget {
  /**
   * Counts a failure.
   * @param key - as `clientKey` gives it
   * @returns 0 while the budget lasts, else the milliseconds until there is some again
   */
  spend(key: string): number;
}

/** More than people mistype and than Telegram repeats for one bot (30 a minute after the first 10 s). */
const FAILURES_PER_MINUTE = 120;

/** @param processes - which share the port: each has its part, as they share what an address sends */
export function createFailureBudget(clock: Clock, processes = 1): FailureBudget {
  const limiter = createRateLimiter(FAILURES_PER_MINUTE / processes);
  return { spend: (key) => limiter.take(key, clock.now()) };
}
