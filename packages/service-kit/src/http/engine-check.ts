/** Readiness of an engine by the work that it is given, and by whether it answers at all. */
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { EngineProblem } from '../metrics/engine-health.ts';
import { NotReadyError, type ReadinessCheck } from './readiness.ts';

export interface WatchedEngine {
  /** As operators know it. */
  readonly name: string;
  readonly clock: Clock;
  /** Null: nothing speaks against it. */
  problem(nowMs: number): EngineProblem | null;
  /** What each problem is in words, to stand after the engine's name. */
  readonly words: Readonly<Record<EngineProblem['kind'], string>>;
  /** Resolves when the engine answers. */
  ping(): Promise<void>;
}

export function engineCheck(engine: WatchedEngine): ReadinessCheck {
  return {
    name: engine.name,
    async check() {
      // First: an engine that fails at its work may answer slowly, or only too well.
      const problem = engine.problem(engine.clock.now());
      if (problem) throw new NotReadyError(engine.words[problem.kind], problem.sinceMs);
      await engine.ping();
    },
  };
}
