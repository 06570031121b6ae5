/** Stub: replaced by the real digest. */
export class LatencyDigest {
  readonly #values: number[] = [];

  get count(): number {
    return this.#values.length;
  }

  /** Adds one duration, milliseconds. @throws RangeError unless finite and not negative. */
  add(valueMs: number): void {
    this.#values.push(valueMs);
  }

  /** Adds everything of another digest, in place. */
  merge(other: LatencyDigest): void {
    this.#values.push(...other.#values);
  }

  /** Nearest-rank percentile; null when nothing was added. @param p - 0 to 1 */
  percentile(p: number): number | null {
    const sorted = this.#values.toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? null;
  }

  /** Binary form, at most 16 KB. */
  toBytes(): Uint8Array {
    return new Uint8Array(Float64Array.from(this.#values).buffer);
  }

  /** @throws RangeError when the bytes are not a digest. */
  static fromBytes(bytes: Uint8Array): LatencyDigest {
    const digest = new LatencyDigest();
    for (const value of new Float64Array(bytes.slice().buffer)) digest.add(value);
    return digest;
  }
}
