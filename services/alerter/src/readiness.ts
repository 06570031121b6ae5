/**
 * When the alerter can do its work: the log answers, all that it holds is judged as of just now, and
 * mails that are written to a folder find room there.
 */

import type { Clock } from '@hookpulse/common/runtime/clock';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { logCheck } from '@hookpulse/service-kit/http/engine-check';
import { NotReadyError, type ReadinessCheck } from '@hookpulse/service-kit/http/readiness';
import type { EngineHealth } from '@hookpulse/service-kit/metrics/engine-health';
import type { RunningAlerter } from './run.ts';

/** Longer, and an alert comes too late to be one. */
export const LONGEST_LAG_MS = 30_000;

export interface AlerterCheckDeps {
  readonly log: Pick<EventLog, 'ping'>;
  readonly publishing: EngineHealth;
  readonly clock: Clock;
  /** Null: it has not joined its group yet. */
  alerter(): Pick<RunningAlerter, 'isMember' | 'isSpare' | 'judgedAsOfMs'> | null;
  /** Rejects while the outbox takes no mail; null: mails are not written to one. */
  readonly probeOutbox: (() => Promise<void>) | null;
}

export function alerterChecks(deps: AlerterCheckDeps): ReadinessCheck[] {
  const { log, publishing, clock, alerter, probeOutbox } = deps;
  return [
    ...(probeOutbox === null ? [] : [outboxCheck(probeOutbox)]),
    logCheck({ log, publishing, clock, isMember: () => alerter()?.isMember ?? false }),
    {
      name: 'judging',
      async check() {
        const lagMs = judgingLagMs(alerter(), clock.now());
        if (lagMs === null) throw new NotReadyError('has not evaluated any rule yet', null);
        if (lagMs <= LONGEST_LAG_MS) return;
        throw new NotReadyError('is more than 30 seconds behind the log', clock.now() - lagMs);
      },
    },
  ];
}

function outboxCheck(probe: () => Promise<void>): ReadinessCheck {
  return {
    name: 'outbox',
    async check() {
      try {
        await probe();
      } catch (error) {
        throw new NotReadyError(`cannot be written (${errorCode(error) ?? 'unknown error'})`, null);
      }
    },
  };
}

/** Milliseconds since the moment that all bots were judged as of; null: never. Nothing to judge is 0. */
export function judgingLagMs(
  alerter: Pick<RunningAlerter, 'isSpare' | 'judgedAsOfMs'> | null,
  nowMs: number,
): number | null {
  if (alerter === null) return null;
  if (alerter.isSpare) return 0;
  return alerter.judgedAsOfMs === null ? null : Math.max(nowMs - alerter.judgedAsOfMs, 0);
}
