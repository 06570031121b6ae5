/** When ingest can do its work: the log answers, and takes what it is given. */
import { engineCheck } from '@hookpulse/common/http/engine-check';
import type { ReadinessCheck } from '@hookpulse/common/http/readiness';
import type { EventLog } from '@hookpulse/common/log/event-log';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { EngineHealth } from '@hookpulse/common/runtime/engine-health';

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
      failing: 'does not take what is published',
      stuck: 'does not acknowledge what is published',
    },
    ping: () => log.ping(),
  });
}
