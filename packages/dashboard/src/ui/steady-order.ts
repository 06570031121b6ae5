/** The order of a list that somebody is pointing at: rows change their content, not their place. */

/**
 * @param wanted - keys in the order that they would have
 * @param before - keys in the order that they are shown in
 * @returns those that are still there as before, and then the new ones
 */
export function steadyOrder(
  wanted: readonly string[],
  before: readonly string[],
): readonly string[] {
  const there = new Set(wanted);
  const kept = before.filter((key) => there.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}
