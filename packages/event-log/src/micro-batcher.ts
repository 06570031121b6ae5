/**
 * Groups the messages of many request handlers into few publishes. Each handler awaits its own
 * acknowledgement. What is not acknowledged yet is bounded, so that a slow log makes callers answer
 * 503 instead of filling memory.
 *
 * When nothing is under way a flush leaves at the end of the current turn of the event loop, so that
 * a quiet system adds no latency, and within the turn once enough wait, so that the log works while
 * other handlers do; behind a publish under way messages gather for a few milliseconds.
 */
import {
  type EventLog,
  LogUnavailableError,
  MessageTooLargeError,
  type OutgoingMessage,
  UnknownTopicError,
} from './event-log.ts';
import { valueByteLength } from './limits.ts';

export interface MicroBatcherOptions {
  /** A flush leaves at once with so many messages. */
  readonly maxBatchMessages?: number;
  /** A flush leaves at once with so many bytes of values. */
  readonly maxBatchBytes?: number;
  /** While nothing is under way, a flush leaves within the turn with so many messages. */
  readonly earlyFlushMessages?: number;
  /** Longest time that a message waits behind publishes under way, while fewer than the bound are. */
  readonly flushIntervalMs?: number;
  /** Publishes under way at once. */
  readonly maxInFlight?: number;
  /** Messages accepted and not yet acknowledged. */
  readonly maxQueuedMessages?: number;
  /** Bytes of their values. */
  readonly maxQueuedBytes?: number;
  /** Told how long each caller has waited for its acknowledgement, in the queue and for the log. */
  readonly onAcknowledged?: (waitedMs: number) => void;
}

/** Too much is waiting for the log. Trying again later is right. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** Half of what kafkajs could send in one request of 1 MiB, at 1 KiB a message. */
const DEFAULT_MAX_BATCH_MESSAGES = 500;
const DEFAULT_MAX_BATCH_BYTES = 1024 * 1024;
/** Of 25 deliveries: enough for an fsync or a round trip, and early in a turn that reads 100. */
const DEFAULT_EARLY_FLUSH_MESSAGES = 50;
const DEFAULT_FLUSH_INTERVAL_MS = 3;
/** Enough to hide a broker's round trip; more only makes batches smaller. */
const DEFAULT_MAX_IN_FLIGHT = 4;
/** About a second of ingest at full speed. */
const DEFAULT_MAX_QUEUED_MESSAGES = 20_000;
const DEFAULT_MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** What one caller handed over. */
interface Entry {
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
  readonly sinceMs: number;
  readonly acknowledged: PromiseWithResolvers<void>;
}

export class MicroBatcher {
  readonly #log: Pick<EventLog, 'publish'>;
  readonly #options: Required<MicroBatcherOptions>;
  #waiting: Entry[] = [];
  #waitingMessages = 0;
  #waitingBytes = 0;
  #queuedMessages = 0;
  #queuedBytes = 0;
  readonly #inFlight = new Set<Promise<void>>();
  #immediate: NodeJS.Immediate | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** The last publish was not taken: the next one finds out whether the log is back. */
  #isLogAway = false;

  constructor(log: Pick<EventLog, 'publish'>, options: MicroBatcherOptions = {}) {
    this.#log = log;
    this.#options = {
      maxBatchMessages: options.maxBatchMessages ?? DEFAULT_MAX_BATCH_MESSAGES,
      maxBatchBytes: options.maxBatchBytes ?? DEFAULT_MAX_BATCH_BYTES,
      earlyFlushMessages: options.earlyFlushMessages ?? DEFAULT_EARLY_FLUSH_MESSAGES,
      flushIntervalMs: options.flushIntervalMs ?? DEFAULT_FLUSH_INTERVAL_MS,
      maxInFlight: options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT,
      maxQueuedMessages: options.maxQueuedMessages ?? DEFAULT_MAX_QUEUED_MESSAGES,
      maxQueuedBytes: options.maxQueuedBytes ?? DEFAULT_MAX_QUEUED_BYTES,
      onAcknowledged: options.onAcknowledged ?? (() => undefined),
    };
  }

  /** Messages accepted and not yet acknowledged. */
  get queuedMessages(): number {
    return this.#queuedMessages;
  }

  /** Bytes of the values of those messages. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /**
   * Resolves once all of these messages are acknowledged. They stay together and in order.
   * Rejects at once with QueueFullError, and nothing is taken, when they are over the bound;
   * otherwise as `EventLog.publish` does, and no later than the publish under way that they wait for.
   * While the log is away one publish at a time tries it, and all others are rejected at once.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new LogUnavailableError('The batcher is closed'));
    if (messages.length === 0) return Promise.resolve();
    if (this.#isLogAway && this.#queuedMessages > 0) {
      return Promise.reject(
        new LogUnavailableError('The event log did not accept the last messages'),
      );
    }
    let bytes = 0;
    for (const { value } of messages) bytes += valueByteLength(value);
    const { maxQueuedMessages, maxQueuedBytes } = this.#options;
    if (
      this.#queuedMessages + messages.length > maxQueuedMessages ||
      this.#queuedBytes + bytes > maxQueuedBytes
    ) {
      return Promise.reject(
        new QueueFullError(`${this.#queuedMessages} messages are waiting for the event log`),
      );
    }
    const acknowledged = Promise.withResolvers<void>();
    const entry = { messages, bytes, sinceMs: performance.now(), acknowledged };
    this.#waiting.push(entry);
    this.#waitingMessages += messages.length;
    this.#waitingBytes += bytes;
    this.#queuedMessages += messages.length;
    this.#queuedBytes += bytes;
    this.#schedule();
    return acknowledged.promise;
  }

  /** Takes no more, and resolves when everything taken is acknowledged or rejected. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#waiting.length > 0 || this.#inFlight.size > 0) {
      this.#flush();
      await Promise.race(this.#inFlight);
    }
    this.#cancelSchedule();
  }

  #schedule(): void {
    if (this.#waiting.length === 0 || this.#inFlight.size >= this.#options.maxInFlight) return;
    const isIdle = this.#inFlight.size === 0;
    if (isIdle && this.#waitingMessages >= this.#options.earlyFlushMessages) {
      this.#flush();
      return;
    }
    if (isIdle || this.#isBatchFull()) {
      this.#immediate ??= setImmediate(() => this.#flush());
      return;
    }
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.flushIntervalMs);
  }

  #isBatchFull(): boolean {
    const { maxBatchMessages, maxBatchBytes } = this.#options;
    return this.#waitingMessages >= maxBatchMessages || this.#waitingBytes >= maxBatchBytes;
  }

  #flush(): void {
    this.#cancelSchedule();
    if (this.#waiting.length > 0 && this.#inFlight.size < this.#options.maxInFlight) {
      const sent = this.#send(this.#takeBatch()).finally(() => {
        this.#inFlight.delete(sent);
        this.#schedule();
      });
      this.#inFlight.add(sent);
    }
    this.#schedule();
  }

  #cancelSchedule(): void {
    if (this.#immediate) clearImmediate(this.#immediate);
    if (this.#timer) clearTimeout(this.#timer);
    this.#immediate = null;
    this.#timer = null;
  }

  /** Whole entries up to the size of a batch, at least one. */
  #takeBatch(): readonly Entry[] {
    const { maxBatchMessages, maxBatchBytes } = this.#options;
    let count = 0;
    let messages = 0;
    let bytes = 0;
    for (const entry of this.#waiting) {
      messages += entry.messages.length;
      bytes += entry.bytes;
      if (count > 0 && (messages > maxBatchMessages || bytes > maxBatchBytes)) break;
      this.#waitingMessages -= entry.messages.length;
      this.#waitingBytes -= entry.bytes;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  /** Settles the entries; never rejects itself. */
  async #send(entries: readonly Entry[]): Promise<void> {
    try {
      await this.#log.publish(entries.flatMap(({ messages }) => messages));
      this.#isLogAway = false;
      for (const entry of entries) this.#settle(entry, null);
    } catch (error) {
      if (error instanceof MessageTooLargeError && error.refused !== null) {
        this.#isLogAway = false;
        // Sent again, the others would be in the log twice.
        const refused = new Set(error.refused);
        for (const entry of entries) {
          const isRefused = entry.messages.some((message) => refused.has(message));
          this.#settle(entry, isRefused ? error : null);
        }
      } else if (entries.length > 1 && isFaultOfOneMessage(error)) {
        // One caller's bad message is not to fail the others that it travelled with.
        await Promise.all(entries.map((entry) => this.#send([entry])));
      } else {
        for (const entry of entries) this.#settle(entry, error);
        this.#isLogAway = error instanceof LogUnavailableError;
        if (error instanceof LogUnavailableError) this.#rejectWaiting(error);
      }
    }
  }

  /**
   * What waits behind a publish that the log did not take would only wait as long again: its callers
   * are told at once, so that nobody waits longer than one publish.
   */
  #rejectWaiting(error: LogUnavailableError): void {
    this.#waitingMessages = 0;
    this.#waitingBytes = 0;
    for (const entry of this.#waiting.splice(0)) this.#settle(entry, error);
  }

  #settle(entry: Entry, error: unknown): void {
    this.#queuedMessages -= entry.messages.length;
    this.#queuedBytes -= entry.bytes;
    if (error === null) {
      this.#options.onAcknowledged(performance.now() - entry.sinceMs);
      entry.acknowledged.resolve();
    } else {
      entry.acknowledged.reject(error);
    }
  }
}

function isFaultOfOneMessage(error: unknown): boolean {
  return error instanceof MessageTooLargeError || error instanceof UnknownTopicError;
}
