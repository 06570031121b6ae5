/**
 * A line over time in words, for those who cannot see it.
 * @param values - the oldest first; null: not known
 */
export function backlogSummary(
  values: readonly (number | null)[],
  format: (value: number) => string,
): string {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return 'Nothing is known yet.';
  return `${format(last)} now, ${format(Math.max(...known))} at most.`;
}
