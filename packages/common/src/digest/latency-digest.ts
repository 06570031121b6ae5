/**
 * Percentiles of durations in bounded space: exact for some three thousand values, and for any number
 * of them while few are different; above that a t-digest, well within 1 % (docs/decisions/0003).
 *
 * Values gather in a typed array. When they no longer fit into the stored size they are folded: equal
 * ones are counted, and if that is not enough, neighbours are averaged through `tdigest`, all but the
 * highest. No tree outlives a fold. The same calls always bring about the same bytes, and a digest
 * read back goes on exactly like the one that was stored: replays of a log stay comparable.
 */
import { TDigest } from 'tdigest';
import {
  clusterBytes,
  decodeDigest,
  encodeDigest,
  singlesThatFit,
} from './latency-digest-bytes.ts';
import {
  type Clusters,
  clustersOf,
  type DigestContent,
  distinct,
  NO_CLUSTERS,
  type Point,
  pointsOf,
  totalWeight,
} from './latency-digest-clusters.ts';
import { valueAtRank } from './latency-digest-rank.ts';

/**
 * t-digest's δ: a cluster at quantile q averages at most 4·δ·q·(1-q) of all values, so 1.5 % of them
 * in the middle and 0.06 % at p99 (Dunning and Ertl, "Computing Extremely Accurate Quantiles Using
 * t-Digests"). The smallest that fits the stored size with room to spare.
 */
const COMPRESSION = 0.015;
/**
 * Values never averaged, from the highest down. Where some hundred values lie above p99, neighbours
 * of a heavy tail are 1 % apart, so already the average of two is too coarse.
 */
const EXACT_HIGHEST = 512;
/** Leaves room for 1,280 values until the next fold. */
const FOLDED_BYTES = 7_168;
/** Most windows hold a handful of values. */
const FIRST_CAPACITY = 16;
const NO_SINGLES = new Float32Array(0);
const MAX_FLOAT32 = 3.4028234663852886e38;
/** What a Float32 holds: 0.1 comes back as 0.1, not as 0.10000000149. */
const SIGNIFICANT_DIGITS = 7;

export class LatencyDigest {
  #clusters: Clusters = NO_CLUSTERS;
  /** Values of weight 1: the first `#singleCount` are in use, ascending if `#sorted`. */
  #singles: Float32Array = NO_SINGLES;
  #singleCount = 0;
  #sorted = true;
  #count = 0;

  /** How many values were added. Exact. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds one duration, milliseconds. Kept as Float32, 7 digits; above 3.4e38 ms it counts as that.
   * @throws RangeError unless finite and not negative
   */
  add(valueMs: number): void {
    // One NaN would corrupt every later answer of tdigest without a word.
    if (!Number.isFinite(valueMs) || valueMs < 0) {
      throw new RangeError(`a duration must be finite and not negative, but is ${valueMs}`);
    }
    if (this.#singleCount === this.#singles.length) this.#makeRoom();
    this.#singles[this.#singleCount] = Math.min(valueMs, MAX_FLOAT32);
    this.#singleCount += 1;
    this.#count += 1;
    this.#sorted = false;
  }

  /** Adds everything of another digest, in place; the other stays as it is. */
  merge(other: LatencyDigest): void {
    const added = other.#content();
    const mine = this.#clusters.means.length > 0;
    const theirs = added.clusters.means.length > 0;
    const clusters = theirs ? added.clusters : this.#clusters;
    const singleCount = this.#singleCount + added.singles.length;
    this.#count += other.#count;
    if ((mine && theirs) || singleCount > singlesThatFit(clusters)) {
      this.#become(fold([this.#content(), added]));
      return;
    }
    // Of exactly this size: a longer buffer could let in more than fits beside the new clusters.
    const singles = new Float32Array(singleCount);
    singles.set(this.#singles.subarray(0, this.#singleCount));
    singles.set(added.singles, this.#singleCount);
    this.#become(clusters, singles);
  }

  /**
   * Nearest-rank percentile, milliseconds: the value at rank ⌈p·count⌉ (0 gives the minimum, 1 the
   * maximum, both exact). Rounded here to 7 significant digits, fit for showing as it is.
   * @param p - 0 to 1
   * @returns null when nothing was added
   * @throws RangeError when p is outside 0 to 1
   */
  percentile(p: number): number | null {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`p must be 0 to 1, but is ${p}`);
    if (this.#count === 0) return null;
    const value = valueAtRank(this.#content(), Math.max(1, Math.ceil(p * this.#count)));
    return Number(value.toPrecision(SIGNIFICANT_DIGITS));
  }

  /** Binary form: 4 bytes a value and a few more while exact, 12 KB at most ever. */
  toBytes(): Uint8Array {
    return encodeDigest(this.#content());
  }

  /** @throws RangeError when the bytes are not a digest. */
  static fromBytes(bytes: Uint8Array): LatencyDigest {
    const { clusters, singles } = decodeDigest(bytes);
    const digest = new LatencyDigest();
    digest.#become(clusters, singles);
    digest.#count = totalWeight(clusters.weights) + singles.length;
    return digest;
  }

  /** A view: it lasts until the digest changes. */
  #content(): DigestContent {
    const singles = this.#singles.subarray(0, this.#singleCount);
    if (!this.#sorted) singles.sort();
    this.#sorted = true;
    return { clusters: this.#clusters, singles };
  }

  #makeRoom(): void {
    if (this.#singleCount >= singlesThatFit(this.#clusters)) {
      this.#become(fold([this.#content()]));
    }
    const limit = singlesThatFit(this.#clusters);
    const doubled = Math.max(FIRST_CAPACITY, 2 * this.#singles.length);
    const grown = new Float32Array(Math.min(doubled, limit));
    grown.set(this.#singles);
    this.#singles = grown;
  }

  #become(clusters: Clusters, singles: Float32Array = NO_SINGLES): void {
    this.#clusters = clusters;
    this.#singles = singles;
    this.#singleCount = singles.length;
    this.#sorted = singles.length === 0;
  }
}

/** Everything as clusters of `FOLDED_BYTES` at most. Nothing is averaged unless it must. */
function fold(parts: readonly DigestContent[]): Clusters {
  const points = parts.map(pointsOf);
  const all = distinct(points.flat());
  if (bytesOf(all) <= FOLDED_BYTES) return clustersOf(all);

  // All exact: in the part that it comes from, every average has as many exact ones above it.
  const highest = all.slice(-EXACT_HIGHEST);
  const border = highest[0]?.mean ?? 0;
  const [heaviest = [], ...others] = points
    .map((part) => part.filter(({ mean, averaged }) => averaged && mean < border))
    .sort((a, b) => weightOf(b) - weightOf(a));
  const exact = points.flat().filter(({ mean, averaged }) => !averaged && mean < border);
  // Twice the limit for what joins, so that a cluster which is full still takes its share of new
  // values: as clusters of their own inside its range they would blur the order.
  let body = average(heaviest, distinct([...exact, ...others.flat()]), 2 * COMPRESSION);
  for (let delta = COMPRESSION; bytesOf(body) + bytesOf(highest) > FOLDED_BYTES; ) {
    const before = body.length;
    body = average(
      body.filter((_, i) => i % 2 === 0),
      body.filter((_, i) => i % 2 === 1),
      delta,
    );
    // Whatever came in, this ends: without a limit of weight a pass halves the list.
    if (body.length > 0.95 * before) delta *= 2;
  }
  return clustersOf([...body, ...highest]);
}

/**
 * Lets each joining point join its nearest cluster where that has room; both lists are ascending.
 *
 * In place of tdigest's `compress()`, which pushes everything in random order: its answers differ
 * from call to call, by per cents at p99. Ascending, tdigest never merges, so the clusters are
 * restored as they were. Joining goes down from the top, as room is judged by totals that go stale
 * from the first point on, and the upper tail is what p95 and p99 are read from.
 */
function average(clusters: readonly Point[], joining: readonly Point[], delta: number): Point[] {
  const noRecompression = 0;
  const totalsOnDemandOnly = Number.POSITIVE_INFINITY;
  const digest = new TDigest(delta, noRecompression, totalsOnDemandOnly);
  digest.push_centroid(clusters);
  digest.percentile(0.5); // the demand
  digest.push_centroid(joining.toReversed());

  const exact = [...clusters, ...joining].filter(({ averaged }) => !averaged);
  const exactWeights = new Map(exact.map(({ mean, n }) => [mean, n]));
  return distinct(
    digest.toArray().map(({ mean, n }) => {
      return { mean: Math.fround(mean), n, averaged: exactWeights.get(mean) !== n };
    }),
  );
}

function bytesOf(points: readonly Point[]): number {
  return points.reduce((sum, { n }) => sum + clusterBytes(n), 0);
}

function weightOf(points: readonly Point[]): number {
  return points.reduce((sum, { n }) => sum + n, 0);
}
