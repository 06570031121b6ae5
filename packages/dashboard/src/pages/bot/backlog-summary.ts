/** A line of the last hour in words: for those who cannot see it. */

/** @param values - the oldest first; null: not known */
export function backlogSummary(
  values: readonly (number | null)[],
  format: (value: number) => string,
): string {
  const known = values.filter((value) => value !== null);
  const last = values.at(-1) ?? null;
  if (last === null || known.length === 0) return 'Nothing is known yet.';
  return `${format(last)} now, ${format(Math.max(...known))} at most.`;
}
