/**
 * Whether reports of a bot come from a worker whose clock is slow. Its reports are as late as its clock
 * is, again and again. What comes late for another reason (a queue that is worked off after an outage)
 * does not stay equally late: a slow clock alone goes on at the speed of the log.
 */

/** A report is sent soon, but not at once. */
const SAME_LATENESS_MS = 10_000;
/** So many moments, and so far apart: a queue that holds one moment's events is past the bound by then. */
const MOMENTS = 4;
const MOMENT_MS = 5_000;
/** A few workers may each be wrong in their own way. */
const MAX_CLOCKS = 4;

interface SuspectedClock {
  /** Of the first report, to which others are compared. */
  readonly latenessMs: number;
  moments: number;
  /** Log time of the latest moment that was counted, and of the latest report. */
  countedMs: number;
  lastMs: number;
}

export class ReportClocks {
  readonly #forgottenAfterMs: number;
  #clocks: readonly SuspectedClock[] = [];

  /** @param forgottenAfterMs - without a report: then nothing of it is in the window any more */
  constructor(forgottenAfterMs: number) {
    this.#forgottenAfterMs = forgottenAfterMs;
  }

  /**
   * A report came late.
   * @param latenessMs - log time minus its timestamp
   */
  note(latenessMs: number, logTimeMs: number): void {
    const clocks = this.#clocks.filter((clock) => this.#isRemembered(clock, logTimeMs));
    const known = clocks.find((one) => Math.abs(one.latenessMs - latenessMs) <= SAME_LATENESS_MS);
    if (!known) {
      const suspected = { latenessMs, moments: 1, countedMs: logTimeMs, lastMs: logTimeMs };
      this.#clocks = [...clocks, suspected].slice(-MAX_CLOCKS);
      return;
    }
    this.#clocks = clocks;
    known.lastMs = logTimeMs;
    if (logTimeMs - known.countedMs < MOMENT_MS) return;
    known.moments += 1;
    known.countedMs = logTimeMs;
  }

  /** Whether one is slow for certain. */
  isSlow(nowMs: number): boolean {
    return this.#clocks.some(
      (clock) => clock.moments >= MOMENTS && this.#isRemembered(clock, nowMs),
    );
  }

  /** Whether nothing came late for so long that it does not matter any more. */
  isForgotten(nowMs: number): boolean {
    return !this.#clocks.some((clock) => this.#isRemembered(clock, nowMs));
  }

  #isRemembered({ lastMs }: SuspectedClock, nowMs: number): boolean {
    return nowMs - lastMs < this.#forgottenAfterMs;
  }
}
