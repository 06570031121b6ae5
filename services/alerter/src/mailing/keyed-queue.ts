/** Runs work of the same name one after the other, and work of different names side by side. */

export class KeyedQueue {
  /** The end of the last work of each queue. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does the work when all that came before it in the queue is done, whatever became of that. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const result = before.then(work);
    const ended = result.catch(() => undefined);
    this.#last.set(name, ended);
    await ended;
    if (this.#last.get(name) === ended) this.#last.delete(name);
    return result;
  }
}
