/** What was opened, so that all of it is closed in the opposite order, also when a start fails half-way. */
export class Opened {
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** @returns the resource */
  add<T>(resource: T, close: (resource: T) => Promise<unknown>): T {
    this.#closers.push(() => close(resource));
    return resource;
  }

  /** The second call does nothing. */
  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0).toReversed()) await closer();
  }
}
