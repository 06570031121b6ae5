/** Which bots cannot be told apart by what they are called. */
import type { NamedBot } from './bot-choices.ts';

/** As names of the bots that were asked for last are seen: most are asked for again with the next answer. */
let seen = new Map<string, string>();

/** @returns ids of bots whose name another one has, too, as far as anybody can see */
export function botsOfSharedNames(bots: readonly NamedBot[]): ReadonlySet<string> {
  const before = seen;
  seen = new Map();
  const groups = Map.groupBy(bots, ({ name }) => {
    const text = before.get(name) ?? asSeen(name);
    seen.set(name, text);
    return text;
  });
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
