/** Spreads among the figures of a result: written by benchmarks, read by the page. Pure. */
import type { Figures } from './results.ts';
import type { Spread } from './spread.ts';

/** @param digits - after the point */
export function spreadFigures(name: string, spread: Spread, digits: number): Figures {
  const rounded = (value: number) => Number(value.toFixed(digits));
  return {
    [name]: rounded(spread.median),
    [`${name}, lowest`]: rounded(spread.lowest),
    [`${name}, highest`]: rounded(spread.highest),
  };
}

/** Null: the result has none of this name. */
export function spreadIn(result: Readonly<Record<string, unknown>>, name: string): Spread | null {
  const median = result[name];
  const lowest = result[`${name}, lowest`];
  const highest = result[`${name}, highest`];
  if (typeof median !== 'number' || typeof lowest !== 'number' || typeof highest !== 'number') {
    return null;
  }
  return { median, lowest, highest };
}
