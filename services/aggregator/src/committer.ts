/**
 * Commits to the log how far the group has come, and tries again later when a commit fails. Counting
 * does not depend on it, because positions are resumed from the store. But operators see the lag by it,
 * and a lost commit would show a lag until something new comes.
 */
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { FoldPosition } from './domain/partition-fold.ts';

export interface CommitterDeps {
  /** @throws when the log does not take it, for one of the partitions or for all */
  commit(positions: readonly FoldPosition[]): Promise<void>;
  isOwned(partition: number): boolean;
  readonly logger: Logger;
  /** Before the next try. */
  readonly retryMs?: number;
}

/** Rebalances and brokers that change take seconds. */
const DEFAULT_RETRY_MS = 2_000;

export class Committer {
  readonly #deps: CommitterDeps;
  /** By partition: stored, and not known to be committed. */
  readonly #owed = new Map<number, FoldPosition>();
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(deps: CommitterDeps) {
    this.#deps = deps;
  }

  /** Commits later what another aggregator has stored and may not have committed. */
  owe(position: FoldPosition): void {
    this.#owed.set(position.partition, position);
    this.#scheduleRetry();
  }

  /** Commits, as far as the log takes it now. Never rejects. */
  async commit(positions: readonly FoldPosition[]): Promise<void> {
    for (const position of positions) this.#owed.set(position.partition, position);
    for (const partition of this.#owed.keys()) {
      if (!this.#deps.isOwned(partition)) this.#owed.delete(partition);
    }
    const sent = [...this.#owed.values()];
    if (sent.length === 0) return;
    try {
      await this.#deps.commit(sent);
      for (const position of sent) {
        if (this.#owed.get(position.partition) === position) this.#owed.delete(position.partition);
      }
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'offset commit failed; retrying');
      this.#scheduleRetry();
    }
  }

  /** Tries no more. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #scheduleRetry(): void {
    if (this.#timer || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.commit([]);
    }, this.#deps.retryMs ?? DEFAULT_RETRY_MS);
  }
}
