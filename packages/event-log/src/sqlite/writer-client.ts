/**
 * The main thread's side of the writer: groups what is published while a transaction is being
 * synced into the next one (group commit), and settles every promise after its fsync.
 */
import { Worker } from 'node:worker_threads';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { LogUnavailableError, type OutgoingMessage } from '../event-log.ts';
import { AppendFrameBuilder } from './append-frame.ts';
import type {
  PartitionEnds,
  WriterOperation,
  WriterReply,
  WriterRequest,
  WriterSettings,
} from './writer-protocol.ts';

/** One transaction is synced while the next one is already waiting in the thread's queue. */
const MAX_IN_FLIGHT = 2;
/** A transaction closes at this size, so that no promise waits for many megabytes of others. */
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

export interface PlacedMessage {
  readonly partitionId: number;
  readonly message: OutgoingMessage;
}

interface Transaction {
  readonly frame: AppendFrameBuilder;
  readonly operations: WriterOperation[];
  /** Nothing joins it. */
  readonly isAlone: boolean;
  readonly done: PromiseWithResolvers<void>;
}

export class WriterClient {
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #onAppended: (ends: PartitionEnds) => void;
  readonly #ready = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  /** Transactions not sent yet; only the last one still takes more. */
  #queue: Transaction[] = [];
  #inFlight: Transaction[] = [];
  #sendScheduled = false;
  #failure: LogUnavailableError | null = null;

  private constructor(
    settings: WriterSettings,
    logger: Logger,
    onAppended: (ends: PartitionEnds) => void,
  ) {
    this.#logger = logger;
    this.#onAppended = onAppended;
    this.#worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: settings,
    });
    this.#worker.on('message', (reply: WriterReply) => this.#onReply(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the writer thread has ended')));
  }

  /** @param onAppended - told of new end offsets, before the promises of those publishes resolve. */
  static async open(
    settings: WriterSettings,
    logger: Logger,
    onAppended: (ends: PartitionEnds) => void,
  ): Promise<WriterClient> {
    const client = new WriterClient(settings, logger, onAppended);
    await client.#ready.promise;
    return client;
  }

  append(messages: readonly PlacedMessage[]): Promise<void> {
    const transaction = this.#openTransaction();
    for (const { partitionId, message } of messages) transaction.frame.add(partitionId, message);
    return this.#schedule(transaction);
  }

  execute(operation: WriterOperation): Promise<void> {
    // A purge can fail after its commit. What joined it would be told that it is not stored.
    const isAlone = operation.kind === 'purge';
    const transaction = isAlone ? this.#addTransaction(isAlone) : this.#openTransaction();
    transaction.operations.push(operation);
    return this.#schedule(transaction);
  }

  /** Finishes what is queued and ends the thread. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#inFlight, ...this.#queue].map(({ done }) => done.promise));
    if (!this.#failure) {
      this.#failure = new LogUnavailableError('The event log is closed');
      this.#post({ kind: 'close' }, []);
      await this.#closed.promise;
    }
    await this.#worker.terminate();
  }

  #openTransaction(): Transaction {
    const last = this.#queue.at(-1);
    if (last && !last.isAlone && last.frame.byteLength < MAX_TRANSACTION_BYTES) return last;
    return this.#addTransaction(false);
  }

  #addTransaction(isAlone: boolean): Transaction {
    const transaction: Transaction = {
      frame: new AppendFrameBuilder(),
      operations: [],
      isAlone,
      done: Promise.withResolvers(),
    };
    this.#queue.push(transaction);
    return transaction;
  }

  #schedule(transaction: Transaction): Promise<void> {
    if (this.#failure) {
      this.#queue = [];
      return Promise.reject(this.#failure);
    }
    if (!this.#sendScheduled) {
      this.#sendScheduled = true;
      // After this turn's code, so that what is published in one turn goes into one transaction.
      queueMicrotask(() => {
        this.#sendScheduled = false;
        this.#send();
      });
    }
    return transaction.done.promise;
  }

  #send(): void {
    while (this.#inFlight.length < MAX_IN_FLIGHT) {
      const transaction = this.#queue.shift();
      if (!transaction) return;
      this.#inFlight.push(transaction);
      const frame = transaction.frame.isEmpty ? null : transaction.frame.build();
      this.#post(
        { kind: 'transaction', frame, operations: transaction.operations },
        frame ? [frame.values] : [],
      );
    }
  }

  #post(request: WriterRequest, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(request, transfer);
  }

  #onReply(reply: WriterReply): void {
    switch (reply.kind) {
      case 'ready':
        this.#ready.resolve();
        break;
      case 'done':
        this.#onAppended(reply);
        this.#inFlight.shift()?.done.resolve();
        this.#send();
        break;
      case 'failed':
        this.#inFlight
          .shift()
          ?.done.reject(
            new LogUnavailableError(`The event log could not be written: ${reply.reason}`),
          );
        this.#send();
        break;
      case 'maintenance-failed':
        this.#logger.warn({ reason: reply.reason }, 'old messages could not be deleted');
        break;
      case 'closed':
        this.#closed.resolve();
        break;
      default:
        reply satisfies never;
    }
  }

  #fail(cause: Error): void {
    this.#closed.resolve();
    if (this.#failure) return;
    this.#failure = new LogUnavailableError('The event log cannot be written', { cause });
    this.#ready.reject(this.#failure);
    for (const { done } of [...this.#inFlight, ...this.#queue]) done.reject(this.#failure);
    this.#inFlight = [];
    this.#queue = [];
  }
}
