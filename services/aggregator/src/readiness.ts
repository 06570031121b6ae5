/** When the aggregator can do its work: both engines answer, and take what it gives them. */

import type { Clock } from '@hookpulse/common/runtime/clock';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { engineCheck } from '@hookpulse/service-kit/http/engine-check';
import { NotReadyError, type ReadinessCheck } from '@hookpulse/service-kit/http/readiness';
import { EngineHealth } from '@hookpulse/service-kit/metrics/engine-health';
import type { StoreHealth } from './store/store-health.ts';

/** Little is published, and it is tried again until it works: a failure is one when it lasts. */
export function createPublishingHealth(): EngineHealth {
  return new EngineHealth({
    failingAfterMs: 5_000,
    stuckAfterMs: 10_000,
    forgottenAfterMs: 30_000,
  });
}

export interface LogCheckDeps {
  readonly log: Pick<EventLog, 'ping'>;
  readonly publishing: EngineHealth;
  readonly clock: Clock;
  isMember(): boolean;
}

export function logCheck({ log, publishing, clock, isMember }: LogCheckDeps): ReadinessCheck {
  return engineCheck({
    name: 'log',
    clock,
    problem: (nowMs) => publishing.problem(nowMs),
    words: {
      failing: 'does not accept messages',
      stuck: 'does not acknowledge messages',
    },
    async ping() {
      await log.ping();
      if (!isMember()) throw new NotReadyError('the consumer group is not joined', null);
    },
  });
}

export interface StoreCheckDeps {
  readonly health: StoreHealth;
  readonly clock: Clock;
  ping(): Promise<void>;
}

export function storeCheck({ health, clock, ping }: StoreCheckDeps): ReadinessCheck {
  return engineCheck({
    name: 'store',
    clock,
    problem: (nowMs) => health.problem(nowMs),
    words: { failing: 'fails to store', stuck: 'does not finish storing' },
    ping,
  });
}
