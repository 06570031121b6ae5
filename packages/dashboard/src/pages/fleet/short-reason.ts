/** Why a bot has the status it has, in a few words, by what everybody may see of it. */
import type { FleetHealth } from '@hookpulse/api/fleet-health';
import { formatCount } from '../../format/numbers.ts';
import { formatSpan } from '../../format/times.ts';

type Reasoned = Pick<
  FleetHealth['bots'][number],
  'status' | 'errors_last_15min' | 'events_last_15min' | 'last_event_at'
>;

/** Empty: all is well. */
export function shortReason(bot: Reasoned, nowMs: number): string {
  switch (bot.status) {
    case 'healthy':
      return '';
    case 'degraded':
    case 'unhealthy':
      return `${formatCount(bot.errors_last_15min)} of ${formatCount(bot.events_last_15min)} failed`;
    case 'no_traffic':
      return bot.last_event_at === null
        ? 'No event for a week'
        : `Silent for ${formatSpan(Math.max(0, nowMs - Date.parse(bot.last_event_at)))}`;
    case 'awaiting_first_delivery':
      return 'No delivery yet';
    default:
      return bot.status satisfies never;
  }
}
