/** Readiness of an engine by the work that it is given, and by whether it answers at all. */
import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EngineHealth, type EngineProblem } from '../metrics/engine-health.ts';
import { NotReadyError, type ReadinessCheck } from './readiness.ts';

export interface WatchedEngine {
  /** As operators know it. */
  readonly name: string;
  /** For the moment at which a problem began. */
  readonly clock: Clock;
  /** Null: nothing speaks against it. */
  problem(): EngineProblem | null;
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
      const problem = engine.problem();
      if (problem) {
        throw new NotReadyError(engine.words[problem.kind], engine.clock.now() - problem.forMs);
      }
      await engine.ping();
    },
  };
}

/** Of publishing that somebody waits for: every failure was a 503, so the first one counts until the next success. */
export function awaitedPublishing(clock?: SteadyClock): EngineHealth {
  const limits = {
    failingAfterMs: 0,
    // Well above the time after which Kafka is given up.
    stuckAfterMs: 5_000,
    // A balancer that keeps traffic away has to try again at some time; it may be this late.
    forgottenAfterMs: 10_000,
  };
  return new EngineHealth(limits, clock);
}

/** Of publishing that is tried again until it works, and is little: a failure is one when it lasts. */
export function repeatedPublishing(clock?: SteadyClock): EngineHealth {
  const limits = {
    failingAfterMs: 5_000,
    stuckAfterMs: 10_000,
    forgottenAfterMs: 30_000,
  };
  return new EngineHealth(limits, clock);
}

export interface WatchedLog {
  readonly log: Pick<EventLog, 'ping'>;
  readonly publishing: EngineHealth;
  readonly clock: Clock;
  /** Of its consumer group; default: it has none. */
  isMember?(): boolean;
}

export function logCheck({ log, publishing, clock, isMember }: WatchedLog): ReadinessCheck {
  return engineCheck({
    name: 'log',
    clock,
    problem: () => publishing.problem(),
    words: {
      failing: 'does not accept messages',
      stuck: 'does not acknowledge messages',
    },
    async ping() {
      await log.ping();
      if (isMember?.() === false) throw new NotReadyError('the consumer group is not joined', null);
    },
  });
}
