/** What the main thread and the writer thread say to each other. Replies come in request order. */
import type { TopicSpec } from '../event-log.ts';

/**
 * Messages to append, column by column: arrays of strings and numbers and one transferred buffer
 * are cloned many times faster than an object for each message.
 */
export interface AppendFrame {
  readonly partitionIds: readonly number[];
  readonly keys: readonly string[];
  /** JSON of the headers; null when there are none. */
  readonly headers: readonly (string | null)[];
  /** Bytes of each value in `values`, one after the other; `NULL_VALUE` for a tombstone. */
  readonly valueLengths: readonly number[];
  readonly values: ArrayBuffer;
}

export const NULL_VALUE = -1;

export interface CommittedOffset {
  readonly partitionId: number;
  readonly nextOffset: number;
}

/** Anything else that is written. */
export type WriterOperation =
  | { readonly kind: 'create-topics'; readonly specs: readonly TopicSpec[] }
  | { readonly kind: 'delete-topic'; readonly topic: string }
  /** Writes and syncs a page that changes nothing: only so is a full disk noticed. */
  | { readonly kind: 'prove-writable' }
  /** Overwrites what the write-ahead log still has of deleted messages. Comes alone: it can fail after the commit. */
  | { readonly kind: 'purge' }
  | {
      readonly kind: 'commit-offsets';
      readonly groupId: string;
      readonly offsets: readonly CommittedOffset[];
    };

/** One transaction: all of it is durable when the reply comes, or nothing is. */
export interface TransactionRequest {
  readonly kind: 'transaction';
  readonly frame: AppendFrame | null;
  readonly operations: readonly WriterOperation[];
}

export type WriterRequest = TransactionRequest | { readonly kind: 'close' };

/** The new end offsets of the partitions that were appended to. */
export interface PartitionEnds {
  readonly partitionIds: readonly number[];
  readonly endOffsets: readonly number[];
}

export type WriterReply =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'done' } & PartitionEnds)
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'maintenance-failed'; readonly reason: string }
  | { readonly kind: 'closed' };

/** Handed to the thread when it starts. */
export interface WriterSettings {
  readonly directory: string;
  /** Age at which a message of a topic that is not compacted is deleted. */
  readonly retentionMs: number;
  /** Age at which a tombstone of a compacted topic is deleted. */
  readonly tombstoneRetentionMs: number;
  readonly maintenanceIntervalMs: number;
}
