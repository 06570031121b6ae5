/** Of one partition: up to where everything that was taken is done. */
export class DoneOffsets {
  /** In the order of the log; those at the front that are done are taken away. */
  #taken: { readonly offset: bigint; isDone: boolean }[] = [];
  /** The first offset that was not taken. */
  #next: bigint | null = null;

  /** @returns what is to be called when it is done */
  take(offset: bigint): () => void {
    const one = { offset, isDone: false };
    this.#taken.push(one);
    this.#next = offset + 1n;
    return () => {
      one.isDone = true;
      const first = this.#taken.findIndex(({ isDone }) => !isDone);
      this.#taken.splice(0, first < 0 ? this.#taken.length : first);
    };
  }

  /** There is nothing to do before this offset that was not taken. */
  reach(next: bigint): void {
    if (this.#next === null || next > this.#next) this.#next = next;
  }

  /** The first offset that is not done; null: nothing was taken. */
  get doneTo(): bigint | null {
    return this.#taken[0]?.offset ?? this.#next;
  }
}
