/** A list of pages of which the newest is asked for again and again while older ones stay. */

/**
 * @param newest - the first page as it is now
 * @param known - what was shown before, older pages included
 * @returns the first page, and what was known to follow its last item. When that item is not among
 *   the known, more than a page has arrived since, and what follows has to be asked for again.
 */
export function joinPages<Item>(
  newest: readonly Item[],
  known: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Item[] {
  const last = newest.at(-1);
  const lastKey = last === undefined ? null : keyOf(last);
  const position = known.findIndex((item) => keyOf(item) === lastKey);
  if (position === -1) return newest;
  return withoutRepeats([...newest, ...known.slice(position + 1)], keyOf);
}

/** Of several items of one key the first stays. */
export function withoutRepeats<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = keyOf(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
