/** Which of two bots needs a look first. */
import type { HealthStatus } from '@hookpulse/common/windows/health-status';
import { percentOf } from '../../format/numbers.ts';

interface Judged {
  readonly status: HealthStatus;
  readonly error_rate: string;
  readonly events_last_15min: number;
}

const URGENCY: Readonly<Record<HealthStatus, number>> = {
  unhealthy: 0,
  degraded: 1,
  no_traffic: 2,
  awaiting_first_delivery: 3,
  healthy: 4,
};

export function worstFirst(a: Judged, b: Judged): number {
  return URGENCY[a.status] - URGENCY[b.status] || byRate(b, a);
}

export function byRate(a: Judged, b: Judged): number {
  return (
    percentOf(a.error_rate) - percentOf(b.error_rate) || a.events_last_15min - b.events_last_15min
  );
}
