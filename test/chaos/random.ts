/** Choices that follow from a seed, so that a run can be told by its number. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export class Random {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number, both bounds included. */
  integer(min: number, max: number): number {
    return uniformInt(this.#generator, min, max);
  }

  /** True as often as the probability (0 to 1) says. */
  chance(probability: number): boolean {
    return this.integer(1, 1_000_000) <= probability * 1_000_000;
  }

  /** @throws RangeError when there is nothing to choose from. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.integer(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError('nothing to choose from');
    return choice;
  }

  /** One of the choices, each as often as its weight says. */
  weighted<T extends { readonly weight: number }>(choices: readonly T[]): T {
    let left = this.integer(
      1,
      choices.reduce((sum, { weight }) => sum + weight, 0),
    );
    for (const choice of choices) {
      left -= choice.weight;
      if (left <= 0) return choice;
    }
    throw new RangeError('nothing to choose from');
  }
}
