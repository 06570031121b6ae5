/** When the forwarder can do its work: the log answers, takes what it is given, and the group is joined. */

import type { Clock } from '@hookpulse/common/runtime/clock';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { engineCheck } from '@hookpulse/service-kit/http/engine-check';
import { NotReadyError, type ReadinessCheck } from '@hookpulse/service-kit/http/readiness';
import { EngineHealth } from '@hookpulse/service-kit/metrics/engine-health';

/** What is published is tried again until it works: a failure is one when it lasts. */
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
