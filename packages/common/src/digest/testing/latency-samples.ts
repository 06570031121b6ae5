/** Samples of durations with known shapes, the same for the same seed. */

// Taken out once: in Jest's sandbox every look at a global costs more than a draw.
const { abs, cos, exp, imul, log, PI, sqrt } = Math;

/** Next number of a uniform sequence, from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** Mulberry32, Tommy Ettinger's 32-bit generator: small, and good enough for samples. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One duration of each shape, milliseconds. */
export const LATENCY_SHAPES = {
  uniform: (random) => 1_000 * random(),
  lognormal: (random) => exp(4 + normal(random)),
  // 70 % about 40 ms, 30 % about 2 s: p50 lies inside the fast mode, p95 and p99 inside the slow
  // one. In the empty stretch between modes no estimate can be within 1 %: one value more or less
  // on either side moves the exact percentile from one mode to the other.
  bimodal: (random) => abs(random() < 0.7 ? 40 + 5 * normal(random) : 2_000 + 200 * normal(random)),
  'pareto, alpha 1.5': (random) => pareto(random, 1.5),
  'pareto, alpha 1.1': (random) => pareto(random, 1.1),
} satisfies Record<string, (random: Random) => number>;

export type LatencyShape = keyof typeof LATENCY_SHAPES;

export function latencySample(shape: LatencyShape, size: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const draw: (random: Random) => number = LATENCY_SHAPES[shape];
  return Float64Array.from({ length: size }, () => draw(random));
}

/** The exact definition that the digest is compared with. @param sorted - ascending, not empty */
export function nearestRank(sorted: ArrayLike<number>, p: number): number {
  return sorted[Math.max(1, Math.ceil(p * sorted.length)) - 1] ?? Number.NaN;
}

/** Share of the exact value by which an estimate is off. */
export function relativeError(estimate: number | null, exact: number): number {
  if (estimate === exact) return 0;
  return estimate === null ? Number.POSITIVE_INFINITY : abs(estimate - exact) / exact;
}

/** Standard normal, by Box and Muller. */
function normal(random: Random): number {
  return sqrt(-2 * log(1 - random())) * cos(2 * PI * random());
}

function pareto(random: Random, alpha: number): number {
  return 10 * (1 - random()) ** (-1 / alpha);
}
