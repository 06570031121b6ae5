/**
 * Whether the store does what the aggregator asks of it. Each kind of work is watched on its own: a
 * store that still answers questions may have stopped taking rows.
 */
import type { SteadyClock } from '@hookpulse/common/runtime/clock';
import {
  EngineHealth,
  type EngineHealthLimits,
  type EngineProblem,
} from '@hookpulse/service-kit/metrics/engine-health';
import type { AggregateStore } from './aggregate-store.ts';

type Work = keyof AggregateStore;

const LIMITS: EngineHealthLimits = {
  // A flush is tried again and again; a store that is restarted is back before anybody has to know.
  failingAfterMs: 5_000,
  // Twenty times what a flush takes.
  stuckAfterMs: 10_000,
  // Twice the time after which the client gives up on a request, and far above the pauses between.
  forgottenAfterMs: 60_000,
};

export class StoreHealth {
  readonly #byWork: Readonly<Record<Work, EngineHealth>>;

  constructor(clock?: SteadyClock) {
    this.#byWork = {
      loadPositions: new EngineHealth(LIMITS, clock),
      loadWindowsSince: new EngineHealth(LIMITS, clock),
      loadWindows: new EngineHealth(LIMITS, clock),
      loadReportingBots: new EngineHealth(LIMITS, clock),
      save: new EngineHealth(LIMITS, clock),
    };
  }

  of(work: Work): EngineHealth {
    return this.#byWork[work];
  }

  /** The problem that has lasted longest. Null: nothing speaks against the store. */
  problem(): EngineProblem | null {
    const problems = Object.values(this.#byWork).flatMap((health) => health.problem() ?? []);
    return problems.toSorted((a, b) => b.forMs - a.forMs)[0] ?? null;
  }
}
