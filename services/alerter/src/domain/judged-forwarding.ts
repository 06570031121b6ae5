/** What the rules are told of a bot's forwarding. */
import type { JudgedForwarding } from '@hookpulse/common/alerts/rules/rule';
import type { Bot } from '@hookpulse/common/bots/bot';

/** What the forwarder says of a bot; the time is ISO 8601. */
interface ToldForwarding {
  readonly state: 'delivering' | 'failing' | 'paused';
  readonly oldest_at: string | null;
  readonly backlog: number;
}

/**
 * Null: nothing is known of it.
 * @param status - as the forwarder last said; undefined: it has said nothing
 */
export function judgedForwarding(
  forward: NonNullable<Bot['forward']>,
  status: ToldForwarding | undefined,
): JudgedForwarding | null {
  if (!status) return null;
  const { oldest_at: oldestAt, backlog, state } = status;
  return {
    oldestMs: oldestAt === null ? null : Date.parse(oldestAt),
    backlog,
    isPaused: forward.paused ?? false,
    isFailing: state === 'failing',
  };
}
