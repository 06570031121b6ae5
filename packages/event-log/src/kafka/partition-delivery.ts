/**
 * Delivers one partition to its handler, from what was fetched of it: kafkajs fetches all partitions
 * of a broker together and waits for each of them, so a slow handler would hold back the others and
 * the heartbeats. Here each partition has a small buffer and a pace of its own.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { LogBatch, LogMessage, TopicPartition } from '../event-log.ts';
import type { Landmark } from './recreation-watch.ts';

/** A few fetches. Other programs may write values of any size, of which a thousand would fill the memory. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

export interface DeliveryOptions {
  readonly maxBatchMessages: number;
  /** Pause before a rejected batch comes again. */
  readonly redeliveryPauseMs: number;
  onBatch(batch: LogBatch): Promise<void>;
  /** A batch was rejected. */
  onRejected(error: unknown): void;
  /** The buffer has room again after `isFull`. */
  onRoom(): void;
}

/** What one fetch brought. */
export interface FetchedMessages {
  readonly messages: readonly LogMessage[];
  /** The first offset that was not fetched. */
  readonly nextOffset: bigint;
  /** Of the partition. */
  readonly endOffset: bigint;
  /** As `LogBatch` has it. */
  readonly readableOffset: bigint;
  /** Whether their time is that of the log, or of whoever sent them. */
  readonly hasLogTime: boolean;
}

export class PartitionDelivery {
  readonly place: TopicPartition;
  readonly #options: DeliveryOptions;
  /** A message known to be of this life of the topic; null before the first one with a log time. */
  landmark: Landmark | null = null;
  /** The newest message taken over, when it has a log time. */
  lastRead: Landmark | null = null;
  readonly #stopping = new AbortController();
  #buffer: LogMessage[] = [];
  /** Of its values. */
  #bufferedBytes = 0;
  #endOffset = 0n;
  /** Below 0: not known since the last seek. */
  #readableOffset = -1n;
  /** Offset after all that was taken over; null before the start position is known. */
  #fetchedUpTo: bigint | null = null;
  #handedUpTo = 0n;
  /** Changes with every seek, so that a batch under way knows that it no longer counts. */
  #seeks = 0;
  #isPaused = false;
  /** Reading ends before the end, and the handler has not been told. */
  #isHaltUntold = false;
  #wake: (() => void) | null = null;
  readonly #ended: Promise<void>;

  constructor(place: TopicPartition, options: DeliveryOptions) {
    this.place = place;
    this.#options = options;
    this.#ended = this.#deliver();
  }

  /** Offset to fetch next; null before `seek` has said where to start. */
  get fetchedUpTo(): bigint | null {
    return this.#fetchedUpTo;
  }

  /** The next offset that the handler has not been given; null before the start. */
  get handedUpTo(): bigint | null {
    return this.#fetchedUpTo === null ? null : this.#handedUpTo;
  }

  get isFull(): boolean {
    return (
      this.#buffer.length >= this.#options.maxBatchMessages ||
      this.#bufferedBytes >= MAX_BUFFERED_BYTES
    );
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Whether messages at this offset can only be of another life of the topic. */
  isBefore(offset: bigint): boolean {
    return this.#fetchedUpTo !== null && offset < this.#fetchedUpTo;
  }

  /** Takes over what follows on what it has. */
  accept({ messages, nextOffset, endOffset, readableOffset, hasLogTime }: FetchedMessages): void {
    if (this.isStopped) return;
    for (const message of messages) this.#buffer.push(message);
    this.#bufferedBytes += bytesOf(messages);
    this.#fetchedUpTo = nextOffset;
    const isHalted = nextOffset >= readableOffset && readableOffset < endOffset;
    this.#isHaltUntold =
      isHalted && (this.#isHaltUntold || this.#readableOffset !== readableOffset);
    this.#endOffset = endOffset;
    this.#readableOffset = readableOffset;
    const last = messages.at(-1);
    if (last) {
      const nextMessage = last.offset + 1n;
      this.lastRead = hasLogTime
        ? { nextOffset: nextMessage, timestampMs: last.timestampMs }
        : null;
      this.landmark ??= this.lastRead;
    }
    if (this.#hasNews) this.#wake?.();
  }

  /** Goes on at this offset; what was fetched is dropped. */
  seek(offset: bigint): void {
    this.#seeks += 1;
    this.#clear();
    this.#fetchedUpTo = offset;
    this.#handedUpTo = offset;
    this.#readableOffset = -1n;
    this.#isHaltUntold = false;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake?.();
  }

  /** Delivers no further batch; `ended` tells when the one under way is done. */
  stop(): void {
    this.#stopping.abort();
    this.#clear();
    this.#wake?.();
  }

  get ended(): Promise<void> {
    return this.#ended;
  }

  async #deliver(): Promise<void> {
    while (await this.#readable()) {
      const seeks = this.#seeks;
      const messages = this.#buffer.slice(0, this.#options.maxBatchMessages);
      const fromOffset = this.#handedUpTo;
      const nextOffset = this.#nextOffsetAfter(messages);
      const isHalt = this.#isHaltUntold;
      this.#handedUpTo = nextOffset;
      this.#isHaltUntold = false;
      try {
        await this.#options.onBatch({
          ...this.place,
          messages,
          fromOffset,
          nextOffset,
          endOffset: this.#endOffset > nextOffset ? this.#endOffset : nextOffset,
          readableOffset: this.#readableOffset > nextOffset ? this.#readableOffset : nextOffset,
        });
        if (seeks !== this.#seeks) continue;
        const wasFull = this.isFull;
        this.#bufferedBytes -= bytesOf(this.#buffer.splice(0, messages.length));
        if (wasFull && !this.isFull) this.#options.onRoom();
      } catch (error) {
        this.#options.onRejected(error);
        if (seeks === this.#seeks) {
          this.#handedUpTo = fromOffset;
          this.#isHaltUntold ||= isHalt;
        }
        const { signal } = this.#stopping;
        await setTimeout(this.#options.redeliveryPauseMs, undefined, { signal }).catch(
          () => undefined,
        );
      }
      // Lets I/O through even where the messages never end.
      await setImmediate();
    }
  }

  #clear(): void {
    this.#buffer = [];
    this.#bufferedBytes = 0;
  }

  get #hasNews(): boolean {
    return (
      this.#isHaltUntold || this.#buffer.length > 0 || this.#handedUpTo < (this.#fetchedUpTo ?? 0n)
    );
  }

  /** Offsets behind the last message that have none belong to the batch that ends with it. */
  #nextOffsetAfter(messages: readonly LogMessage[]): bigint {
    const last = messages.at(-1);
    if (last && messages.length < this.#buffer.length) return last.offset + 1n;
    return this.#fetchedUpTo ?? 0n;
  }

  /** Waits until there is something to deliver. False once stopped. */
  async #readable(): Promise<boolean> {
    for (;;) {
      if (this.isStopped) return false;
      if (!this.#isPaused && this.#hasNews) return true;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = null;
    }
  }
}

function bytesOf(messages: readonly LogMessage[]): number {
  return messages.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0);
}
