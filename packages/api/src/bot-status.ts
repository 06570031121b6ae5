/** The status of one bot (contract, section 5): as of a span, and of whether it was ever heard of. */
import { type Bot, enabledSinceMs } from '@hookpulse/common/bots/bot';
import { type HealthStatus, healthStatus } from '@hookpulse/common/windows/health-status';

export interface BotTrafficFacts {
  readonly bot: Bot;
  /** Errors and events of the last 15 minutes. */
  readonly traffic: { readonly errors: number; readonly events: number };
  /** The latest event that is known, milliseconds since the epoch; null: none is. */
  readonly lastEventMs: number | null;
}

/** @param threshold - error rate, 0 to 1, above which the status is `unhealthy` */
export function botStatus(
  { bot, traffic, lastEventMs }: BotTrafficFacts,
  threshold: number,
): HealthStatus {
  const isHeard = lastEventMs !== null && lastEventMs >= enabledSinceMs(bot);
  const isWaiting = bot.enabled && traffic.events === 0 && !isHeard;
  return isWaiting ? 'awaiting_first_delivery' : healthStatus(traffic, threshold);
}

/** The later of two, of which either may not be known. */
export function laterOf(aMs: number | null, bMs: number | null): number | null {
  if (aMs === null) return bMs;
  return bMs === null ? aMs : Math.max(aMs, bMs);
}
