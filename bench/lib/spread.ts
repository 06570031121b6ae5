/** Median, lowest and highest of several rounds. Pure. */

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
