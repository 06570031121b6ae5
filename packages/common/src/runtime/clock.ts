/** Time as a dependency: domain code never reads a clock, adapters are handed one. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** For durations: nobody sets it, so it neither jumps nor goes back. */
export interface SteadyClock {
  /** Milliseconds since a moment that means nothing by itself. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
export const steadyClock: SteadyClock = { now: () => performance.now() };
