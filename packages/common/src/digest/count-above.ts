/** How many durations of a digest took longer than a limit. */
import { decodeDigest } from './latency-digest-bytes.ts';
import { at } from './latency-digest-clusters.ts';

/**
 * Exact while the digest is; of values that were averaged, those whose average is above the limit.
 * @param bytes - of a digest
 * @param limitMs - a value that is no more than it, in the 7 digits that a digest keeps, does not count
 * @throws RangeError when they are none
 */
export function countAbove(bytes: Uint8Array, limitMs: number): number {
  const { clusters, singles } = decodeDigest(bytes);
  const limit = Math.fround(limitMs);
  let count = 0;
  for (const value of singles) if (value > limit) count += 1;
  for (const [i, weight] of clusters.weights.entries()) {
    if (at(clusters.means, i) > limit) count += weight;
  }
  return count;
}
