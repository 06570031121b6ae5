/** A place in a partition that waits for messages, hands them out, and moves on. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { LogBatch } from '../event-log.ts';
import type { LogReader } from './log-reader.ts';
import type { PartitionState } from './topic-catalog.ts';

/**
 * Under load each commit brings a few messages for each partition; a reader that has caught up
 * reads at most this often, which makes batches of them. After a quiet time it reads at once.
 */
const DEFAULT_GATHER_MS = 20;

export class PartitionCursor {
  readonly partition: PartitionState;
  readonly #reader: LogReader;
  #position: number;
  /** Where the next batch starts instead, when somebody asked for it. */
  #seekedTo: number | null = null;
  #handedUpTo: number;
  #paused = false;
  #stopped = false;
  /** On the clock of `performance.now()`. */
  #notBeforeMs = 0;
  readonly #gatherMs: number;
  #wake: (() => void) | null = null;
  readonly #onGrown = (): void => this.#wake?.();

  /** @param gatherMs - as `ConsumerOptions` */
  constructor(
    partition: PartitionState,
    reader: LogReader,
    position: number,
    gatherMs = DEFAULT_GATHER_MS,
  ) {
    this.partition = partition;
    this.#gatherMs = gatherMs;
    this.#reader = reader;
    this.#position = position;
    this.#handedUpTo = position;
    partition.onGrown.add(this.#onGrown);
  }

  /** The next offset that has not been handed out. */
  get handedUpTo(): number {
    return this.#handedUpTo;
  }

  /** The next messages, waiting until there are some; null once stopped. */
  async next(maxMessages: number): Promise<LogBatch | null> {
    // Lets I/O through even where the messages never end.
    await setImmediate();
    while (await this.#readable()) {
      const endOffset = this.partition.endOffset;
      // Only a seek leads beyond the end: what was sought does not exist, so all there is comes.
      if (this.#position > endOffset) this.#position = this.#reader.startOffset(this.partition);
      const messages = this.#reader.readBatch(this.partition, this.#position, maxMessages);
      const last = messages.at(-1);
      if (last) {
        this.#handedUpTo = Number(last.offset) + 1;
        this.#notBeforeMs = this.#handedUpTo < endOffset ? 0 : performance.now() + this.#gatherMs;
        return {
          topic: this.partition.topic,
          partition: this.partition.partition,
          messages,
          fromOffset: BigInt(this.#position),
          nextOffset: last.offset + 1n,
          endOffset: BigInt(endOffset),
          readableOffset: BigInt(endOffset),
        };
      }
      // Everything up to the end was deleted meanwhile.
      this.#position = endOffset;
      this.#handedUpTo = endOffset;
    }
    return null;
  }

  /** The messages handed out last are done with. */
  advance(): void {
    this.#position = this.#handedUpTo;
  }

  /** The messages handed out last come again. */
  rewind(): void {
    this.#handedUpTo = this.#position;
  }

  seek(offset: number): void {
    this.#seekedTo = offset;
    this.#wake?.();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake?.();
  }

  stop(): void {
    this.#stopped = true;
    this.partition.onGrown.delete(this.#onGrown);
    this.#wake?.();
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Waits until there is something to read. False once stopped. */
  async #readable(): Promise<boolean> {
    for (;;) {
      if (this.#stopped) return false;
      if (this.#seekedTo !== null) {
        this.#position = this.#seekedTo;
        this.#handedUpTo = this.#seekedTo;
        this.#seekedTo = null;
      }
      if (!this.#paused && this.#position !== this.partition.endOffset) {
        const pauseMs = this.#notBeforeMs - performance.now();
        if (pauseMs <= 0) return true;
        // Whole milliseconds, because the runtime keeps a list of timers for each duration.
        await setTimeout(Math.ceil(pauseMs));
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = null;
    }
  }
}
