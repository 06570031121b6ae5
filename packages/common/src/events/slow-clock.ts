/** From which difference on a worker's clock is wrong, and not just a report a little late. */

/**
 * Milliseconds between a report's `timestamp` and the moment at which the log took it. Clocks that are
 * set by a server differ by less than a second; a report takes some.
 */
export const SLOW_CLOCK_MS = 30_000;
