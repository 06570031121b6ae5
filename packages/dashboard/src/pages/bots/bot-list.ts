/** Which bots of the list are shown: by what is searched for, and by whether they are enabled. */
import type { BotView } from '@hookpulse/api/bot-view';
import { lazy } from '../../format/lazy.ts';

export const SHOWN_BOTS = ['all', 'enabled', 'disabled'] as const;
export type ShownBots = (typeof SHOWN_BOTS)[number];

/** By name, and by id where names are the same. @param search - part of a name or an id */
export function botsShown(
  bots: readonly BotView[],
  search: string,
  shown: ShownBots,
): readonly BotView[] {
  const wanted = search.trim().toLowerCase();
  return bots
    .filter(
      ({ name, bot_id, enabled }) =>
        (shown === 'all' || enabled === (shown === 'enabled')) &&
        (name.toLowerCase().includes(wanted) || bot_id.toLowerCase().includes(wanted)),
    )
    .toSorted((a, b) => NAMES().compare(a.name, b.name) || NAMES().compare(a.bot_id, b.bot_id));
}

/** `Bot 2` before `Bot 10`. */
const NAMES = lazy(() => new Intl.Collator('en', { numeric: true, sensitivity: 'base' }));
