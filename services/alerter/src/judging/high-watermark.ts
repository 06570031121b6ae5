/**
 * Up to which moment a partition of the log is known: everything that was appended before it has been
 * read. Judging by the clock alone would take a log that is away, or not read yet, for silence.
 *
 * The log is asked now and then for its end; once the reader has come to that end, all that was
 * appended before the question is read.
 */
export class HighWatermark {
  #nextOffset: bigint;
  /** The end that the log told, and when it was asked; null: reached. */
  #goal: { readonly endOffset: bigint; readonly askedMs: number } | null = null;
  #knownToMs: number | null = null;

  /** @param nextOffset - the first offset that is read */
  constructor(nextOffset: bigint) {
    this.#nextOffset = nextOffset;
  }

  /** The first offset not read yet. */
  get nextOffset(): bigint {
    return this.#nextOffset;
  }

  /** Milliseconds since the epoch, by this process's clock; null: an end was never reached. */
  get knownToMs(): number | null {
    return this.#knownToMs;
  }

  /** The log told its end. @param askedMs - when it was asked, at the latest */
  told(endOffset: bigint, askedMs: number): void {
    // A goal that is not reached stays: under steady traffic the newest one never would be.
    this.#goal ??= { endOffset, askedMs };
    this.#check();
  }

  /** Everything below was read. */
  reached(nextOffset: bigint): void {
    this.#nextOffset = nextOffset;
    this.#check();
  }

  #check(): void {
    if (this.#goal === null || this.#nextOffset < this.#goal.endOffset) return;
    this.#knownToMs = this.#goal.askedMs;
    this.#goal = null;
  }
}
