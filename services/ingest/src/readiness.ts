/** When ingest can do its work: the log answers, and takes what it is given. */

import type { Clock } from '@hookpulse/common/runtime/clock';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { engineCheck } from '@hookpulse/service-kit/http/engine-check';
import type { ReadinessCheck } from '@hookpulse/service-kit/http/readiness';
import { EngineHealth } from '@hookpulse/service-kit/metrics/engine-health';

/** Every failure here was a 503 for somebody, so the first one counts until the next success. */
export function createPublishingHealth(): EngineHealth {
  return new EngineHealth({
    failingAfterMs: 0,
    // Well above the time after which Kafka is given up.
    stuckAfterMs: 5_000,
    // A balancer that keeps traffic away has to try again at some time; it may be this late.
    forgottenAfterMs: 10_000,
  });
}

export interface LogCheckDeps {
  readonly log: Pick<EventLog, 'ping'>;
  readonly publishing: EngineHealth;
  readonly clock: Clock;
}

export function logCheck({ log, publishing, clock }: LogCheckDeps): ReadinessCheck {
  return engineCheck({
    name: 'log',
    clock,
    problem: (nowMs) => publishing.problem(nowMs),
    words: {
      failing: 'does not accept messages',
      stuck: 'does not acknowledge messages',
    },
    ping: () => log.ping(),
  });
}
