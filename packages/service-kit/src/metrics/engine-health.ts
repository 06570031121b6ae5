/**
 * Whether the work that is given to an engine gets done: what a ping cannot see, such as a full disk or
 * a table that takes no rows. Fed with the calls themselves, so it costs the engine nothing. It measures
 * by a clock that nobody sets: an hour forward would make every call under way a stuck one.
 */
import { type SteadyClock, steadyClock } from '@hookpulse/common/runtime/clock';

export interface EngineHealthLimits {
  /** Failures in a row are a problem when they go on for this long; 0: the first one is. */
  readonly failingAfterMs: number;
  /** A call is a problem when it takes longer than this. */
  readonly stuckAfterMs: number;
  /**
   * So long after the last failure nobody has tried again, and it says nothing any more: whoever is
   * sent no work because of it must get some again to find out.
   */
  readonly forgottenAfterMs: number;
}

export interface EngineProblem {
  readonly kind: 'failing' | 'stuck';
  /** Milliseconds since the first failure in a row, or the start of the oldest call. */
  readonly forMs: number;
}

/** A call under way. */
export interface EngineCall {
  readonly startedMs: number;
}

export class EngineHealth {
  readonly #limits: EngineHealthLimits;
  readonly #clock: SteadyClock;
  /** In the order of their start. */
  readonly #underWay = new Set<EngineCall>();
  #failures: { readonly sinceMs: number; readonly lastMs: number } | null = null;

  constructor(limits: EngineHealthLimits, clock = steadyClock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  begin(): EngineCall {
    const call = { startedMs: this.#clock.now() };
    this.#underWay.add(call);
    return call;
  }

  succeeded(call: EngineCall): void {
    this.#underWay.delete(call);
    this.#failures = null;
  }

  failed(call: EngineCall): void {
    this.#underWay.delete(call);
    const nowMs = this.#clock.now();
    this.#failures = { sinceMs: this.#failures?.sinceMs ?? nowMs, lastMs: nowMs };
  }

  /** It ended in a way that tells nothing of the engine. */
  ended(call: EngineCall): void {
    this.#underWay.delete(call);
  }

  /** Null: nothing speaks against it. */
  problem(): EngineProblem | null {
    const { failingAfterMs, forgottenAfterMs, stuckAfterMs } = this.#limits;
    const nowMs = this.#clock.now();
    const failures = this.#failures;
    if (failures && nowMs - failures.lastMs < forgottenAfterMs) {
      const forMs = nowMs - failures.sinceMs;
      if (forMs >= failingAfterMs) return { kind: 'failing', forMs };
    }
    const [oldest] = this.#underWay;
    const forMs = oldest ? nowMs - oldest.startedMs : 0;
    return forMs >= stuckAfterMs ? { kind: 'stuck', forMs } : null;
  }
}

/** Does the work as a call to the engine. @throws what the work throws */
export async function watched<Result>(
  health: EngineHealth,
  work: () => Promise<Result>,
): Promise<Result> {
  const call = health.begin();
  try {
    const result = await work();
    health.succeeded(call);
    return result;
  } catch (error) {
    health.failed(call);
    throw error;
  }
}
