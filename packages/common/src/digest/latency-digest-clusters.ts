/**
 * What a latency digest holds.
 *
 * Every value is a single (weight 1) or part of a cluster (a mean and how many values it stands for).
 * A cluster averages neighbouring values only where it says so; else it is one value and how often
 * it came, so a digest of whole milliseconds stays exact however many there are.
 */

export interface Clusters {
  /** Ascending, none twice; Float32, so that what is stored is what is held. */
  readonly means: Float32Array;
  /** Whole numbers from 1; doubles, so that counts stay exact beyond 32 bits. */
  readonly weights: Float64Array;
  /** 1 where the cluster averages different values, 0 where it is one value, `weight` times. */
  readonly averaged: Uint8Array;
}

export interface DigestContent {
  readonly clusters: Clusters;
  /** Ascending. */
  readonly singles: Float32Array;
}

/** One cluster or single, in the form that tdigest takes. */
export interface Point {
  readonly mean: number;
  /** Weight. */
  readonly n: number;
  readonly averaged: boolean;
}

export const NO_CLUSTERS: Clusters = {
  means: new Float32Array(0),
  weights: new Float64Array(0),
  averaged: new Uint8Array(0),
};

export function pointsOf({ clusters, singles }: DigestContent): Point[] {
  const { means, weights, averaged } = clusters;
  const points = Array.from(means, (mean, i) => ({
    mean,
    n: at(weights, i),
    averaged: at(averaged, i) === 1,
  }));
  return points.concat(Array.from(singles, (mean) => ({ mean, n: 1, averaged: false })));
}

/** @param points - as `distinct` gives them */
export function clustersOf(points: readonly Point[]): Clusters {
  const means = new Float32Array(points.length);
  const weights = new Float64Array(points.length);
  const averaged = new Uint8Array(points.length);
  for (const [i, point] of points.entries()) {
    means[i] = point.mean;
    weights[i] = point.n;
    averaged[i] = point.averaged ? 1 : 0;
  }
  return { means, weights, averaged };
}

/** Ascending, points of equal means taken together. */
export function distinct(points: readonly Point[]): Point[] {
  const result: Point[] = [];
  for (const point of points.toSorted((a, b) => a.mean - b.mean)) {
    const last = result.at(-1);
    if (last?.mean !== point.mean) result.push(point);
    else result[result.length - 1] = joined(last, point);
  }
  return result;
}

export function totalWeight(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/** An element that is there. @throws RangeError when it is not */
export function at(values: Float32Array | Float64Array | Uint8Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element ${index} of ${values.length}`);
  return value;
}

function joined(a: Point, b: Point): Point {
  return { mean: a.mean, n: a.n + b.n, averaged: a.averaged || b.averaged };
}
