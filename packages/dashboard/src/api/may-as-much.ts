import type { Who } from '@hookpulse/api/session';

const RANKS: Readonly<Record<Who['access'], number>> = { none: 0, read: 1, write: 2, admin: 3 };

/** Whether nothing that is shown to the one before is kept from who looks now. */
export function mayAsMuch(who: Who, before: Who | null): boolean {
  // Nothing of any bot was shown to who had not signed in.
  if (before === null || before.access === 'none') return true;
  return RANKS[who.access] >= RANKS[before.access] && seesAllBotsOf(who, before);
}

/** `bots: null` is all bots. */
function seesAllBotsOf({ bots }: Who, before: Who): boolean {
  return bots === null || before.bots?.every((botId) => bots.includes(botId)) === true;
}
