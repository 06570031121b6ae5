/** Which bots cannot be told apart by what they are called. */
import type { NamedBot } from './bot-choices.ts';

/** @returns ids of bots whose name another one has, too, as far as anybody can see */
export function botsOfSharedNames(bots: readonly NamedBot[]): ReadonlySet<string> {
  const groups = Map.groupBy(bots, ({ name }) => asSeen(name));
  const shared = [...groups.values()].filter((group) => group.length > 1);
  return new Set(shared.flat().map(({ bot_id }) => bot_id));
}

/** Without what is not seen: case hardly is, and neither are spaces and marks of no width. */
function asSeen(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
}
