/**
 * When each request of a run is due. It follows from the rate alone, and not from the answers: an open
 * loop, as Telegram's many bots are one. A closed loop sends the next request after the last answer, so it
 * sends less while the system is slow, and leaves out the waits that it should have measured:
 * "coordinated omission" (Gil Tene, "How NOT to Measure Latency"; https://github.com/giltene/wrk2).
 */

export interface Pace {
  /** Requests a second, over the whole run. */
  readonly perSecond: number;
  readonly durationMs: number;
  /** In one second of ten requests come so many times as often as in the other nine; 1: evenly. */
  readonly burst: number;
}

/** Runs are cut into equal periods of about this length. */
const PERIOD_MS = 10_000;
/** Of each period, its end. */
const BURST_SHARE = 0.1;

/** How many requests the run has. */
export function plannedCount({ perSecond, durationMs }: Pace): number {
  return Math.round((perSecond * durationMs) / 1_000);
}

/** When request number n (from 0) is due, milliseconds after the start; the last one is within the run. */
export function plannedMs(n: number, { perSecond, durationMs, burst }: Pace): number {
  const periodMs = durationMs / Math.ceil(durationMs / PERIOD_MS);
  const perPeriod = (perSecond * periodMs) / 1_000;
  const period = Math.floor(n / perPeriod);
  const quietShare = 1 - BURST_SHARE;
  // The period in units of its quiet time, of which a moment of the burst is worth several.
  const done = (n / perPeriod - period) * (quietShare + BURST_SHARE * burst);
  const share = done < quietShare ? done : quietShare + (done - quietShare) / burst;
  return (period + share) * periodMs;
}
