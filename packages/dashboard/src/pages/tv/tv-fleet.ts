/** The fleet in as few words as a screen on a wall has room for. */
import type { HealthStatus } from '@hookpulse/common/windows/health-status';
import { formatCount } from '../../format/numbers.ts';
import type { Tone } from '../../ui/status-badge.tsx';
import type { FleetBot } from '../fleet/fleet-columns.tsx';
import { worstFirst } from '../fleet/urgency.ts';

export interface Headline {
  readonly tone: Tone;
  readonly text: string;
  readonly healthy: string;
}

/** A bot that waits for its first delivery is no trouble. */
const TROUBLES: readonly HealthStatus[] = ['unhealthy', 'degraded', 'no_traffic'];

/** The worst first. */
export function troubledBots(bots: readonly FleetBot[]): readonly FleetBot[] {
  return bots.filter(({ status }) => TROUBLES.includes(status)).toSorted(worstFirst);
}

/**
 * By the worst that there is. Alerts count beside states, because states cover errors and traffic alone.
 * @param firing - how many alerts: `3`, `99+`; null: it is not known
 */
export function headlineOf(
  bots: readonly Pick<FleetBot, 'status'>[],
  firing: string | null,
): Headline {
  const count = (status: HealthStatus) => bots.filter((bot) => bot.status === status).length;
  const healthy = `${formatCount(count('healthy'))} of ${formatCount(bots.length)} healthy`;
  const [unhealthy, degraded, silent] = [
    count('unhealthy'),
    count('degraded'),
    count('no_traffic'),
  ];
  if (unhealthy > 0) return { tone: 'bad', text: `${formatCount(unhealthy)} unhealthy`, healthy };
  if (firing !== null && firing !== '0') {
    const text = firing === '1' ? '1 alert is firing' : `${firing} alerts are firing`;
    return { tone: 'bad', text, healthy };
  }
  if (degraded > 0) return { tone: 'warn', text: `${formatCount(degraded)} degraded`, healthy };
  if (silent > 0) return { tone: 'idle', text: `${formatCount(silent)} without traffic`, healthy };
  if (bots.length === 0) return { tone: 'idle', text: 'No bots are enabled', healthy: '' };
  if (count('healthy') === 0)
    return { tone: 'idle', text: 'Waiting for the first delivery', healthy };
  return { tone: 'good', text: firing === null ? 'No bot in trouble' : 'All is well', healthy };
}
