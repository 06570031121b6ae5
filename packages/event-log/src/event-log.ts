/**
 * The event log: the port behind which Apache Kafka and the embedded SQLite log stand.
 *
 * Words, the same for both engines:
 * - An **offset** is the position of a message in its partition; the next offset of a position is
 *   the first one *not yet* seen, as in Kafka's committed offsets.
 * - A message is **acknowledged** once it survives the loss of the process (SQLite: fsynced) or of
 *   a broker (Kafka: `acks=-1`, on all in-sync replicas). Nothing is said before.
 * - **Log time** is the timestamp that the log itself gave a message when it was appended
 *   (`LogAppendTime`), so it never goes backwards within a partition, whatever clients' clocks say.
 */

/** A topic as it should exist; `partitions` and `compacted` are used only when it is created. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Keeps at least the newest message of each key; a null value deletes the key. */
  readonly compacted: boolean;
  /** How long messages are kept. Default: as the log keeps any, and for good where it is compacted. */
  readonly retentionDays?: number;
}

/** A message to append. The partition follows from the key: `partitionFor`. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly key: string;
  /** UTF-8 text, raw bytes, or null for the tombstone of a compacted topic. */
  readonly value: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message as read back. */
export interface LogMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Log time, milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  /** A getter of the message's class, as a rule: a spread copy lacks it. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A place in a partition: `offset` is the next one to read. */
export interface LogPosition extends TopicPartition {
  readonly offset: bigint;
}

/** First offset still held and the offset the next message will get. */
export interface PartitionRange extends TopicPartition {
  readonly startOffset: bigint;
  readonly endOffset: bigint;
}

/** How many messages of a partition this consumer has not been handed yet. */
export interface PartitionLag extends TopicPartition {
  readonly messages: bigint;
}

/**
 * The messages of a partition from one offset to another, in offset order. Offsets without a
 * message are no gaps: Kafka gives some to markers of transactions, keeps those of transactions
 * that were given up, and compaction leaves some behind. There may be no message at all.
 */
export interface LogBatch extends TopicPartition {
  readonly messages: readonly LogMessage[];
  /** The first offset that was read. */
  readonly fromOffset: bigint;
  /** The first offset that was not. */
  readonly nextOffset: bigint;
  /** End offset of the partition when the batch was read: caught up when `nextOffset` is there. */
  readonly endOffset: bigint;
  /**
   * Where reading ends for now: at the end, or before it at a transaction of another program that is
   * still open. What stands behind that comes when the transaction is over.
   */
  readonly readableOffset: bigint;
}

/** What the owner of a consumer does. Calls never overlap for one partition. */
export interface ConsumerHandler {
  /**
   * The group gave these partitions to this member. Answers where to start; a partition left out
   * starts at its committed offset, or at the first offset held when there is none; a position
   * outside of what is held becomes the first offset held. No batch of these partitions is delivered
   * before the promise resolves; a rejection is retried. A recreated topic is assigned anew, after
   * `onRevoked`.
   */
  onAssigned(partitions: readonly TopicPartition[]): Promise<readonly LogPosition[]>;
  /**
   * These partitions are no longer this member's. No batch of them is under way or follows.
   * Work that is not committed will be delivered to the next owner. The log may hand the partition
   * on before this resolves (a partitioned or paused process cannot be asked), so the handler must
   * not rely on being the only writer.
   */
  onRevoked(partitions: readonly TopicPartition[]): Promise<void>;
  /**
   * The next messages of one partition. The position advances when the promise resolves, which is
   * also the back-pressure: nothing more of the partition is delivered before. A rejection delivers
   * the same messages again after a pause, perhaps with later ones behind them. Nothing is committed
   * by this alone.
   */
  onBatch(batch: LogBatch): Promise<void>;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** At most so many messages in a batch. */
  readonly maxBatchMessages?: number;
  /**
   * How long messages may gather under load before they are handed over, milliseconds. Default: what makes
   * counting cheap. Kafka hands over what it has fetched at once.
   */
  readonly gatherMs?: number;
  readonly handler: ConsumerHandler;
}

/** A member of a consumer group. */
export interface Consumer {
  /**
   * Whether the group counts it as a member, as far as it knows: false after it was lost (it joins
   * again by itself) and once it is closed. A member may have no partitions.
   */
  readonly isMember: boolean;
  /**
   * Stores how far the group has come: the next offset of each partition.
   * @throws StaleAssignmentError when one of the partitions is no longer this member's; then nothing
   *   was stored.
   */
  commit(positions: readonly LogPosition[]): Promise<void>;
  /**
   * Continues reading an assigned partition at another offset; takes effect with the next batch.
   * @throws StaleAssignmentError when the partition is not this member's.
   */
  seek(position: LogPosition): Promise<void>;
  /**
   * Stops delivering the partitions (heartbeats go on) until `resume` or the end of the assignment.
   * Those that are not this member's are ignored.
   */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Lag of the partitions this member holds now. */
  lag(): Promise<readonly PartitionLag[]>;
  /**
   * Waits for the batch under way, revokes, and leaves the group. Idempotent. Not to be awaited
   * within the handler, for which it waits.
   */
  close(): Promise<void>;
}

/** A place that a follower has come to. */
export interface ReachedPosition extends LogPosition {
  /** Where reading ended when this was read: caught up when `offset` is there. */
  readonly readableOffset: bigint;
}

/** What a follower is handed: everything from the start or from given places on, then every change. */
export interface FollowOptions {
  readonly topic: string;
  /**
   * Where to begin: the next offset of partitions. One that is left out, or lies outside of what is
   * held, begins at the first offset held. Default: all of them do.
   */
  readonly from?: readonly LogPosition[];
  /**
   * Called in offset order within a partition, one at a time. Must not throw. A topic that was
   * recreated is handed over again from its start.
   */
  onMessage(message: LogMessage): void;
  /**
   * Called when everything of a partition below an offset has been handed over, also when there was no
   * message for the last offsets before it. Must not throw.
   */
  onReached?(position: ReachedPosition): void;
}

/** Reads a topic outside any group (a compacted registry), and goes on with what is appended. */
export interface Follower {
  /**
   * Resolves when everything that was to be read when following began has been handed over. What
   * stands behind a transaction that is still open was not.
   */
  readonly caughtUp: Promise<void>;
  close(): Promise<void>;
}

/** The port. One instance serves a whole process. Every method may throw LogUnavailableError. */
export interface EventLog {
  /** Creates what is missing; a topic that exists is left as it is, whatever its settings. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /**
   * Appends messages, to several topics if need be, in one durable step, in the order given within
   * each partition. Resolves once all are acknowledged. On rejection any part of them may have been
   * appended all the same, and Kafka may hold some of them twice, so events carry an `event_id` and
   * are counted once. How much is under way at once is for the caller to bound (`MicroBatcher`).
   * @throws LogUnavailableError when it was not acknowledged in time (Kafka: 1.25 s).
   * @throws UnknownTopicError when one of the messages is at fault; MessageTooLargeError, which says
   *   whether the others were taken: they are not to be published again then.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
  /**
   * Joins a group. Resolves when the member has joined; assignments follow by the handler. The member
   * stays one while the log is away, and goes on by itself when that is back.
   * @throws UnknownTopicError
   */
  consume(options: ConsumerOptions): Promise<Consumer>;
  /** @throws UnknownTopicError */
  follow(options: FollowOptions): Promise<Follower>;
  /** The ranges of all partitions of a topic. @throws UnknownTopicError */
  ranges(topic: string): Promise<readonly PartitionRange[]>;
  /**
   * For each partition the first offset whose log time is at or after `timestampMs`, or its end
   * offset when there is none. @throws UnknownTopicError
   */
  offsetsAt(topic: string, timestampMs: number): Promise<readonly LogPosition[]>;
  /**
   * What the group has committed: next offsets, absent where there is none.
   * @throws UnknownTopicError
   */
  committed(groupId: string, topic: string): Promise<readonly LogPosition[]>;
  /**
   * Partition of a key: `toPositive(murmur2(utf8(key))) % partitions`, as Kafka's Java client does.
   * @throws UnknownTopicError
   */
  partitionFor(topic: string, key: string): Promise<number>;
  /**
   * Makes what was superseded or deleted unreadable on the disk, too, as far as the log can on demand.
   * @returns false: the log does that by itself, later (Kafka's compaction)
   */
  purge(): Promise<boolean>;
  /**
   * Resolves when the log answers; the embedded one also takes writes then, while of a broker's disk
   * only a publish tells. @throws LogUnavailableError, LogBlockedError
   */
  ping(): Promise<void>;
  /** Closes consumers, followers and connections; publishes under way are finished first. */
  close(): Promise<void>;
}

/** The log cannot be reached or did not acknowledge in time. Trying again later is right. */
export class LogUnavailableError extends Error {
  override readonly name: string = 'LogUnavailableError';
}

/**
 * The log answers and refuses access: a wrong password, a certificate that is not trusted, a
 * missing right. A start fails with it, because only a person can mend it. A running system treats
 * it as the outage that it is for everybody else: credentials are changed on both sides one after
 * the other.
 */
export class LogRefusedError extends LogUnavailableError {
  override readonly name = 'LogRefusedError';
}

/** Whether the log is away, so that trying again later may help. */
export function isLogOutage(error: unknown): boolean {
  return error instanceof LogUnavailableError && !(error instanceof LogRefusedError);
}

/**
 * The log answers, and what it holds or how it is set keeps this process from its work until a person
 * mends it. The message says what and where, completing "the log …"; it holds no secrets.
 */
export class LogBlockedError extends LogUnavailableError {
  override readonly name = 'LogBlockedError';
}

/** No such topic. Trying again does not help unless someone creates it. */
export class UnknownTopicError extends Error {
  override readonly name = 'UnknownTopicError';
}

/** A message is larger than the log takes. Trying again does not help. */
export class MessageTooLargeError extends Error {
  override readonly name = 'MessageTooLargeError';
  /** Private, so that no logger writes their values. */
  readonly #refused: readonly OutgoingMessage[] | null;

  constructor(message: string, options: ErrorOptions & RefusedMessages = {}) {
    super(message, options);
    this.#refused = options.refused ?? null;
  }

  /**
   * The messages of the publish that were not taken, as they were handed over; all others are
   * acknowledged. Null: none was taken.
   */
  get refused(): readonly OutgoingMessage[] | null {
    return this.#refused;
  }
}

interface RefusedMessages {
  readonly refused?: readonly OutgoingMessage[];
}

/** The partition was given to another member meanwhile. */
export class StaleAssignmentError extends Error {
  override readonly name = 'StaleAssignmentError';
}
