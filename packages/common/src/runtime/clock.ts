/** Time as a dependency: domain code never reads a clock, adapters are handed one. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
