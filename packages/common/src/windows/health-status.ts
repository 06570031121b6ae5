/** Health of a bot, or of the whole fleet, over a span (contract, section 5). */
import { errorRate } from './counters.ts';

export const HEALTH_STATUSES = [
  'healthy',
  'degraded',
  'unhealthy',
  'no_traffic',
  'awaiting_first_delivery', // of a bot alone: it has had no event since it was added or enabled
] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** A bot is `degraded` above this share of the threshold that makes it `unhealthy`. */
const DEGRADED_SHARE = 0.5;

/**
 * @param traffic - errors and events of the span
 * @param threshold - error rate, 0 to 1, above which the status is `unhealthy`
 */
export function healthStatus(
  traffic: { readonly errors: number; readonly events: number },
  threshold: number,
): HealthStatus {
  if (traffic.events === 0) return 'no_traffic';
  const rate = errorRate(traffic.errors, traffic.events);
  if (rate > threshold) return 'unhealthy';
  if (rate > threshold * DEGRADED_SHARE) return 'degraded';
  return 'healthy';
}
