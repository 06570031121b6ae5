import type { Who } from '@hookpulse/api/session';

const RANKS: Readonly<Record<Who['access'], number>> = { none: 0, read: 1, write: 2, admin: 3 };

/** Whether the user may see everything that the previous user of the page could see. */
export function seesAtLeast(who: Who, before: Who | null): boolean {
  // Without signing in, nothing about a bot was shown.
  if (before === null || before.access === 'none') return true;
  return RANKS[who.access] >= RANKS[before.access] && seesAllBotsOf(who, before);
}

/** `bots: null` is all bots. */
function seesAllBotsOf({ bots }: Who, before: Who): boolean {
  return bots === null || before.bots?.every((botId) => bots.includes(botId)) === true;
}
