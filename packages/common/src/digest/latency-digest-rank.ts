/**
 * How a rank is read out of a latency digest: where the sum of two distribution functions reaches it.
 * Singles, and clusters that are one value, count as steps, so among them the answer is exact.
 * Between the middles of clusters that average, the function is a straight line.
 *
 * The two are added and not sorted into one list: a single just beside the mean of a heavy cluster
 * would seem to have all of that cluster on one side of it, which is wrong by half its weight.
 */
import { firstIndex } from '../values/first-index.ts';
import { at, type Clusters, type DigestContent } from './latency-digest-clusters.ts';

/** @param rank - 1 (lowest value) to the number of values (highest) */
export function valueAtRank({ clusters, singles }: DigestContent, rank: number): number {
  const spans = spansOf(clusters);
  // Half a value below the rank, so that rounding cannot put a whole number on the wrong side.
  const target = rank - 0.5;
  const steps = firstIndex(
    singles.length,
    (i) => clusteredUpTo(spans, at(singles, i)) + i + 1 >= target,
  );
  const single = singles[steps] ?? Number.POSITIVE_INFINITY;
  return Math.min(single, clusteredValueAt(spans, target - steps));
}

/** How many clustered values are below each mean (`from`), and how many up to it (`to`). */
interface Spans {
  readonly means: Float32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

function spansOf({ means, weights, averaged }: Clusters): Spans {
  const from = new Float64Array(weights.length);
  const to = new Float64Array(weights.length);
  let below = 0;
  for (const [i, weight] of weights.entries()) {
    const middle = below + weight / 2;
    const isAverage = at(averaged, i) === 1;
    from[i] = isAverage ? middle : below;
    to[i] = isAverage ? middle : below + weight;
    below += weight;
  }
  return { means, from, to };
}

/** How many clustered values are at or below x. */
function clusteredUpTo({ means, from, to }: Spans, x: number): number {
  const next = firstIndex(means.length, (i) => at(means, i) > x);
  if (next === 0) return 0;
  const reached = at(to, next - 1);
  if (next === means.length) return reached;
  const low = at(means, next - 1);
  const share = (x - low) / (at(means, next) - low);
  return reached + share * (at(from, next) - reached);
}

/** The inverse: the lowest x with so many clustered values at or below it; infinite if too many. */
function clusteredValueAt({ means, from, to }: Spans, count: number): number {
  const next = firstIndex(means.length, (i) => at(to, i) >= count);
  if (next === means.length) return Number.POSITIVE_INFINITY;
  const high = at(means, next);
  if (next === 0 || count >= at(from, next)) return high;
  const low = at(means, next - 1);
  const reached = at(to, next - 1);
  const share = (count - reached) / (at(from, next) - reached);
  return low + share * (high - low);
}
