/** Work that is done one after the other where it has the same name, and side by side where not. */

export class KeyedQueue {
  /** The end of the last work of each lane. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does the work when all that came before it in the lane is done, whatever became of that. */
  async run<T>(lane: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(lane) ?? Promise.resolve();
    const result = before.then(work);
    const ended = result.catch(() => undefined);
    this.#last.set(lane, ended);
    await ended;
    if (this.#last.get(lane) === ended) this.#last.delete(lane);
    return result;
  }
}
