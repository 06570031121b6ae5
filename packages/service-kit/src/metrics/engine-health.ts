/**
 * Whether the work that is given to an engine gets done: what a ping cannot see, such as a full disk or
 * a table that takes no rows. Fed with the calls themselves, so it costs the engine nothing.
 */
import type { Clock } from '@hookpulse/common/runtime/clock';

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
  /** Milliseconds since the epoch: of the first failure in a row, or the start of the oldest call. */
  readonly sinceMs: number;
}

/** A call under way. */
export interface EngineCall {
  readonly startedMs: number;
}

/** Times are milliseconds since the epoch. */
export class EngineHealth {
  readonly #limits: EngineHealthLimits;
  /** In the order of their start. */
  readonly #underWay = new Set<EngineCall>();
  #failures: { readonly sinceMs: number; readonly lastMs: number } | null = null;

  constructor(limits: EngineHealthLimits) {
    this.#limits = limits;
  }

  begin(nowMs: number): EngineCall {
    const call = { startedMs: nowMs };
    this.#underWay.add(call);
    return call;
  }

  succeeded(call: EngineCall): void {
    this.#underWay.delete(call);
    this.#failures = null;
  }

  failed(call: EngineCall, nowMs: number): void {
    this.#underWay.delete(call);
    this.#failures = { sinceMs: this.#failures?.sinceMs ?? nowMs, lastMs: nowMs };
  }

  /** It ended in a way that tells nothing of the engine. */
  ended(call: EngineCall): void {
    this.#underWay.delete(call);
  }

  /** Null: nothing speaks against it. */
  problem(nowMs: number): EngineProblem | null {
    const { failingAfterMs, forgottenAfterMs, stuckAfterMs } = this.#limits;
    const failures = this.#failures;
    if (
      failures &&
      nowMs - failures.sinceMs >= failingAfterMs &&
      nowMs - failures.lastMs < forgottenAfterMs
    ) {
      return { kind: 'failing', sinceMs: failures.sinceMs };
    }
    const [oldest] = this.#underWay;
    if (oldest && nowMs - oldest.startedMs >= stuckAfterMs) {
      return { kind: 'stuck', sinceMs: oldest.startedMs };
    }
    return null;
  }
}

/** Does the work as a call to the engine. @throws what the work throws */
export async function watched<Result>(
  health: EngineHealth,
  clock: Clock,
  work: () => Promise<Result>,
): Promise<Result> {
  const call = health.begin(clock.now());
  try {
    const result = await work();
    health.succeeded(call);
    return result;
  } catch (error) {
    health.failed(call, clock.now());
    throw error;
  }
}
