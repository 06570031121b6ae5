/** A place that can be shut: who wants to pass waits until it is opened. */
export class Gate {
  #opened: PromiseWithResolvers<void> | null = null;
  #waiting = 0;

  /** How many wait now. */
  get waiting(): number {
    return this.#waiting;
  }

  shut(): void {
    this.#opened ??= Promise.withResolvers();
  }

  open(): void {
    this.#opened?.resolve();
    this.#opened = null;
  }

  async pass(): Promise<void> {
    this.#waiting += 1;
    await this.#opened?.promise;
    this.#waiting -= 1;
  }
}
