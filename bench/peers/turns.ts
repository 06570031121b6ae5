/** In which order candidates take turns, and what their rounds come to. Pure. */
import { type Spread, spreadOf } from '../lib/spread.ts';

/**
 * The order of a round: every other one backwards, so that a machine that slows down or warms up during
 * the run meets the first as much as the last.
 * @param round - from 0
 */
export function turnsOf<T>(candidates: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? candidates : candidates.toReversed();
}

/** The spread of `a / b` round by round: what the machine does to one round meets both. */
export function ratioOf(a: readonly number[], b: readonly number[]): Spread {
  return spreadOf(a.map((value, round) => value / (b[round] ?? Number.NaN)));
}
