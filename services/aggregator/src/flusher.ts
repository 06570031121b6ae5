/**
 * Stores what the folds have gathered, then commits: soon after it came, or when much has come.
 *
 * One flush is under way at a time, and folding goes on meanwhile. When the store does not answer,
 * the same changes are stored again until it does, and consumption waits once enough is pending:
 * memory stays bounded and the lag is seen on the log.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retry } from '@hookpulse/common/runtime/retry';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import type { FoldPosition, PartitionChanges, PartitionFold } from './domain/partition-fold.ts';
import type { AggregateStore } from './store/aggregate-store.ts';

export interface FlusherDeps {
  readonly store: Pick<AggregateStore, 'save'>;
  /** The folds of the partitions held now. */
  folds(): Iterable<Pick<PartitionFold, 'pendingEvents' | 'takeChanges' | 'forgetCold'>>;
  /** Tells the log how far the group has come. Does not reject: what is stored stays stored. */
  commit(positions: readonly FoldPosition[]): Promise<void>;
  readonly logger: Logger;
}

export interface FlusherLimits {
  /** From the first event after a pause to its storing: what somebody notices who tries it out. */
  readonly delayMs: number;
  /** From flush to flush under load while the store is quick: it likes few large inserts. */
  readonly shortestIntervalMs: number;
  /** The same while the store is slow, which then gets larger inserts: the promise is 2 s. */
  readonly longestIntervalMs: number;
  /** Pending events that start a flush at once, and beyond which consumption waits. */
  readonly maxPendingEvents: number;
  /** How long a hand-over or a stop waits for the store: a service is to be gone within 10 s. */
  readonly patienceMs: number;
}

const DEFAULT_LIMITS: FlusherLimits = {
  delayMs: 50,
  shortestIntervalMs: 250,
  longestIntervalMs: 500,
  maxPendingEvents: 20_000,
  patienceMs: 4_000,
};

/** Of an interval, the store has half for others: queries, merges, other aggregators. */
const INTERVAL_PER_FLUSH = 2;
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 5_000;

export class Flusher {
  readonly #deps: FlusherDeps;
  readonly #limits: FlusherLimits;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #lastStartMs = Number.NEGATIVE_INFINITY;
  #lastDurationMs = 0;
  #running: Promise<void> | null = null;
  /** Whether something was folded since the flush under way took its changes. */
  #isAskedAgain = false;
  /** Events of the flush under way. */
  #storing = 0;
  /** Callers of `room` that wait. */
  #waiting = 0;

  constructor(deps: FlusherDeps, limits: FlusherLimits = DEFAULT_LIMITS) {
    this.#deps = deps;
    this.#limits = limits;
  }

  /** Events folded and not stored yet. */
  get unstoredEvents(): number {
    return this.#storing + this.#pendingEvents();
  }

  /** Whether consumption waits for the store now. */
  get isHoldingBack(): boolean {
    return this.#waiting > 0;
  }

  /** Aborted once a stop waits for the store no longer: it is drained, or its patience has ended. */
  get stopped(): AbortSignal {
    return this.#stopping.signal;
  }

  /** To be called after folding. Resolves when there is room for more: at once, as a rule. */
  async room(): Promise<void> {
    this.#schedule();
    if (this.#hasRoom()) return;
    this.#waiting += 1;
    try {
      do {
        this.#stopping.signal.throwIfAborted();
        await this.flush();
      } while (!this.#hasRoom());
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Stores and commits all that was folded when it was called. */
  async flush(): Promise<void> {
    // A flush under way took its changes before: what came since needs another one.
    if (this.#running !== null) await this.#running;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#isAskedAgain) this.#schedule();
    });
    await this.#running;
  }

  /** Tries to store all for a short while: on a hand-over, when the log will not wait for long. */
  async flushBriefly(): Promise<void> {
    const waiting = new AbortController();
    const flushed = this.flush().catch((error: unknown) => {
      this.#deps.logger.warn(
        { err: error },
        'partitions were revoked before everything was stored',
      );
    });
    const patience = delay(this.#limits.patienceMs, undefined, { signal: waiting.signal });
    await Promise.race([flushed, patience.catch(() => undefined)]);
    waiting.abort();
  }

  /**
   * Stops once `drained` resolves; while the store does not answer, that is when patience ends.
   * What is not stored by then is read from the log again by the next owner.
   */
  async stopAfter(drained: Promise<void>): Promise<void> {
    const patience = setTimeout(() => this.#stop(), this.#limits.patienceMs);
    try {
      await drained;
    } finally {
      clearTimeout(patience);
      this.#stop();
    }
  }

  #stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#stopping.abort(new Error('the aggregator is stopping'));
  }

  #schedule(): void {
    // A flush under way schedules the next one: only then is it known how long it took. It must not look for
    // events that are pending, since a position that has moved past repeated ones is to be stored, too.
    this.#isAskedAgain = this.#running !== null;
    if (this.#timer || this.#isAskedAgain || this.#stopping.signal.aborted) return;
    const { delayMs, shortestIntervalMs, longestIntervalMs } = this.#limits;
    const wantedMs = INTERVAL_PER_FLUSH * this.#lastDurationMs;
    const intervalMs = Math.min(Math.max(wantedMs, shortestIntervalMs), longestIntervalMs);
    const sinceLastMs = performance.now() - this.#lastStartMs;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.flush().catch((error: unknown) => {
          if (!this.#stopping.signal.aborted)
            this.#deps.logger.error({ err: error }, 'flush failed');
        });
      },
      Math.max(delayMs, intervalMs - sinceLastMs),
    );
  }

  async #run(): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    this.#lastStartMs = performance.now();
    const folds = [...this.#deps.folds()];
    const changes = folds.map((fold) => fold.takeChanges()).filter((change) => change !== null);
    if (changes.length === 0) return;
    this.#storing = changes.reduce((sum, { events }) => sum + events.length, 0);
    try {
      await this.#saveUntilStored(changes);
    } finally {
      this.#storing = 0;
    }
    this.#lastDurationMs = performance.now() - this.#lastStartMs;
    for (const fold of folds) fold.forgetCold();
    await this.#deps.commit(changes.map((change) => change.position));
  }

  /**
   * A stop gives up an insert that the store does not answer. It may arrive all the same, beside those of
   * the next owner. That loses nothing and counts nothing twice: what is stored is the state at an offset
   * and replaces only states at lower ones, and the position comes last (docs/decisions, 2).
   */
  async #saveUntilStored(changes: readonly PartitionChanges[]): Promise<void> {
    const signal = this.stopped;
    await retry(() => untilAborted(this.#deps.store.save(changes), signal), {
      signal,
      pauseMs: FIRST_RETRY_MS,
      longestPauseMs: MAX_RETRY_MS,
      onFailure: (error, retryMs) =>
        this.#deps.logger.warn({ err: error, retryMs }, 'the store did not accept a flush'),
    });
  }

  #hasRoom(): boolean {
    return this.#pendingEvents() < this.#limits.maxPendingEvents;
  }

  /** Those that no flush has taken yet. */
  #pendingEvents(): number {
    let pending = 0;
    for (const fold of this.#deps.folds()) pending += fold.pendingEvents;
    return pending;
  }
}
