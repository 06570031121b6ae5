/** Choices that follow from a seed, so that a run can be told by its number. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Steps of `share`: fine enough for any use here. */
const SHARE_STEPS = 2 ** 31;

export class Random {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** A whole number, both bounds included. */
  integer(min: number, max: number): number {
    return uniformInt(this.#generator, min, max);
  }

  /** A number from 0 up to but not including 1. */
  share(): number {
    return this.integer(0, SHARE_STEPS - 1) / SHARE_STEPS;
  }

  /** True as often as the probability (0 to 1) says. */
  chance(probability: number): boolean {
    return this.integer(1, 1_000_000) <= probability * 1_000_000;
  }

  /**
   * A duration as services have them: half are below the median, and few are several times as long.
   * @param spread - standard deviation of the logarithm; 0.5 puts p95 at 2.3 times the median
   */
  logNormal(median: number, spread: number): number {
    // Box and Muller's transform of two uniform numbers into a normal one.
    const radius = Math.sqrt(-2 * Math.log(1 - this.share()));
    return median * Math.exp(spread * radius * Math.cos(2 * Math.PI * this.share()));
  }

  /** @throws RangeError when there is nothing to choose from. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.integer(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError('nothing to choose from');
    return choice;
  }

  /**
   * How many of something happen that happens so often on average (Knuth, TAOCP 2, section 3.4.1).
   * @param mean - some dozens at most: the time it takes grows with it
   */
  poisson(mean: number): number {
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.share(); product > limit; product *= this.share()) count += 1;
    return count;
  }

  /** One of the choices, each as often as its weight (a whole number) says. */
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
