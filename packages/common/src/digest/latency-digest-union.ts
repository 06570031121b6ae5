/**
 * Percentiles over many digests at once, for reading: the same rule as in one digest, without the
 * folding that keeps a stored one small. Digests that were never folded stay exact, however many they
 * are, and a thousand of them cost one sort instead of a thousand merges.
 */
import { LatencyDigest } from './latency-digest.ts';
import { decodeDigest } from './latency-digest-bytes.ts';
import { valueAtRank } from './latency-digest-rank.ts';

/** What a Float32 holds. */
const SIGNIFICANT_DIGITS = 7;

export class LatencyUnion {
  readonly #singles: Float32Array[] = [];
  /** Of those that were folded: few, since only a bot that is busy has them. */
  readonly #folded = new LatencyDigest();
  #count = 0;

  /** @param bytes - of a digest  @throws RangeError when they are none */
  add(bytes: Uint8Array): void {
    const { clusters, singles } = decodeDigest(bytes);
    if (clusters.means.length > 0) {
      const digest = LatencyDigest.fromBytes(bytes);
      this.#count += digest.count;
      this.#folded.merge(digest);
    } else if (singles.length > 0) {
      this.#count += singles.length;
      this.#singles.push(singles);
    }
  }

  /**
   * Nearest-rank percentiles, milliseconds; null when nothing was measured.
   * @param ranks - each 0 to 1
   */
  percentiles(ranks: readonly number[]): (number | null)[] {
    const count = this.#count;
    if (count === 0) return ranks.map(() => null);
    const content = this.#content();
    return ranks.map((p) => {
      const value = valueAtRank(content, Math.max(1, Math.ceil(p * count)));
      return Number(value.toPrecision(SIGNIFICANT_DIGITS));
    });
  }

  #content() {
    const { clusters, singles } = decodeDigest(this.#folded.toBytes());
    const parts = [...this.#singles, singles];
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return { clusters, singles: all.sort() };
  }
}
