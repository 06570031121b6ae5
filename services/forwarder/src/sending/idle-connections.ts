/**
 * Connections of all bots that wait for an update. Each takes a descriptor, so only so many are kept: then the
 * one that has waited longest is closed, and its bot pays for a new one.
 */
import type { Client } from 'undici';

const DEFAULT_MAX_IDLE = 2_000;

export class IdleConnections {
  readonly #max: number;
  /** What closes each, in the order in which they became idle. */
  readonly #closers = new Map<Client, () => void>();

  constructor(max = DEFAULT_MAX_IDLE) {
    this.#max = max;
  }

  /** @param close - called when there are too many; not after `remove` */
  add(client: Client, close: () => void): void {
    this.#closers.set(client, close);
    if (this.#closers.size <= this.#max) return;
    for (const [longest, closeIt] of this.#closers) {
      this.#closers.delete(longest);
      closeIt();
      return;
    }
  }

  /** It is in use, or gone. */
  remove(client: Client): void {
    this.#closers.delete(client);
  }
}
