/** In which order candidates take turns, and what their rounds come to. Pure. */

/**
 * The order of a round: every other one backwards, so that a machine that slows down or warms up during
 * the run meets the first as much as the last.
 * @param round - from 0
 */
export function turnsOf<T>(candidates: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? candidates : candidates.toReversed();
}

export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** @throws RangeError when there is none */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (lowest === undefined || highest === undefined) throw new RangeError('no values');
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? lowest;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? lowest) + upper) / 2;
  return { median, lowest, highest };
}

/** The spread of `a / b` round by round: what the machine does to one round meets both. */
export function ratioOf(a: readonly number[], b: readonly number[]): Spread {
  return spreadOf(a.map((value, round) => value / (b[round] ?? Number.NaN)));
}
