/** A member of a consumer group: takes and gives up partitions, and delivers their batches. */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retryUnlessAborted } from '@hookpulse/common/runtime/retry';
import type {
  Consumer,
  ConsumerHandler,
  ConsumerOptions,
  LogPosition,
  PartitionLag,
  TopicPartition,
} from '../event-log.ts';
import { StaleAssignmentError } from '../event-log.ts';
import { DEFAULT_MAX_BATCH_MESSAGES, REDELIVERY_PAUSE_MS } from '../limits.ts';
import type { GroupCoordinator, GroupMember } from './group-coordinator.ts';
import type { LogReader } from './log-reader.ts';
import { PartitionCursor } from './partition-cursor.ts';
import type { PartitionState } from './topic-catalog.ts';
import type { WriterClient } from './writer-client.ts';

export interface GroupConsumerDeps {
  readonly coordinator: GroupCoordinator;
  readonly reader: LogReader;
  readonly writer: WriterClient;
  readonly logger: Logger;
}

/** A partition from its assignment to its revocation. */
interface Held {
  readonly cursor: PartitionCursor;
  /** Settles when nothing of the partition is delivered any more. */
  delivery: Promise<void>;
  revoked: Promise<void> | null;
}

export class GroupConsumer implements Consumer, GroupMember {
  readonly topics: readonly string[];
  readonly #deps: GroupConsumerDeps;
  readonly #groupId: string;
  readonly #handler: ConsumerHandler;
  readonly #maxBatchMessages: number;
  readonly #gatherMs: number | undefined;
  readonly #held = new Map<PartitionState, Held>();
  readonly #commitsUnderWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | null = null;

  constructor(options: ConsumerOptions, deps: GroupConsumerDeps) {
    this.topics = options.topics;
    this.#deps = deps;
    this.#groupId = options.groupId;
    this.#handler = options.handler;
    this.#maxBatchMessages = options.maxBatchMessages ?? DEFAULT_MAX_BATCH_MESSAGES;
    this.#gatherMs = options.gatherMs;
    deps.coordinator.join(options.groupId, this);
  }

  get isMember(): boolean {
    return !this.#closing.signal.aborted;
  }

  async commit(positions: readonly LogPosition[]): Promise<void> {
    const offsets = positions.map((position) => ({
      partitionId: this.#heldCursor(position).partition.id,
      nextOffset: Number(position.offset),
    }));
    const commit = this.#deps.writer.execute({
      kind: 'commit-offsets',
      groupId: this.#groupId,
      offsets,
    });
    this.#commitsUnderWay.add(commit);
    try {
      await commit;
    } finally {
      this.#commitsUnderWay.delete(commit);
    }
  }

  async seek(position: LogPosition): Promise<void> {
    this.#heldCursor(position).seek(Number(position.offset));
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#find(partition)?.cursor.pause();
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#find(partition)?.cursor.resume();
  }

  async lag(): Promise<readonly PartitionLag[]> {
    return [...this.#held].map(([{ topic, partition, endOffset }, { cursor }]) => ({
      topic,
      partition,
      messages: BigInt(Math.max(0, endOffset - cursor.handedUpTo)),
    }));
  }

  close(): Promise<void> {
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  async keepOnly(partitions: ReadonlySet<PartitionState>): Promise<void> {
    const leaving = [...this.#held].filter(([partition]) => !partitions.has(partition));
    const fresh = leaving.map(([, held]) => held).filter((held) => !held.revoked);
    if (fresh.length > 0) {
      const revoked = this.#revoke(fresh);
      for (const held of fresh) held.revoked = revoked;
    }
    await Promise.all(leaving.map(([, held]) => held.revoked));
  }

  assign(partitions: ReadonlySet<PartitionState>): void {
    if (this.#closing.signal.aborted) return;
    const added = [...partitions].filter((partition) => !this.#held.has(partition));
    if (added.length === 0) return;
    const cursors = added.map(
      (partition) => new PartitionCursor(partition, this.#deps.reader, 0, this.#gatherMs),
    );
    const started = this.#start(cursors);
    for (const cursor of cursors) {
      const delivery = started.then(() => this.#deliver(cursor));
      this.#held.set(cursor.partition, { cursor, delivery, revoked: null });
    }
  }

  async #leave(): Promise<void> {
    this.#closing.abort();
    await this.keepOnly(new Set());
    this.#deps.coordinator.leave(this.#groupId, this);
  }

  /** Asks the handler where to start until it answers; whoever is revoked meanwhile drops out. */
  async #start(cursors: readonly PartitionCursor[]): Promise<void> {
    await retryUnlessAborted(
      async () => {
        const wanted = cursors.filter((cursor) => !cursor.stopped);
        if (wanted.length === 0) return;
        const answer = await this.#handler.onAssigned(wanted.map(topicPartition));
        for (const cursor of wanted) cursor.seek(this.#startPosition(cursor.partition, answer));
      },
      {
        signal: this.#closing.signal,
        pauseMs: REDELIVERY_PAUSE_MS,
        onFailure: (error) =>
          this.#deps.logger.warn(
            { err: error, group: this.#groupId },
            'assignment failed; retrying',
          ),
      },
    );
  }

  #startPosition(state: PartitionState, answer: readonly LogPosition[]): number {
    const chosen = answer.find(
      ({ topic, partition }) => topic === state.topic && partition === state.partition,
    );
    if (chosen) return Number(chosen.offset);
    const { reader } = this.#deps;
    return reader.committedOffset(this.#groupId, state) ?? reader.startOffset(state);
  }

  async #deliver(cursor: PartitionCursor): Promise<void> {
    while (!cursor.stopped) {
      try {
        const batch = await cursor.next(this.#maxBatchMessages);
        if (!batch) return;
        await this.#handler.onBatch(batch);
        cursor.advance();
      } catch (error) {
        cursor.rewind();
        const { topic, partition } = cursor.partition;
        this.#deps.logger.warn(
          { err: error, group: this.#groupId, topic, partition },
          'batch is redelivered',
        );
        const { signal } = this.#closing;
        await setTimeout(REDELIVERY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #revoke(leaving: readonly Held[]): Promise<void> {
    for (const { cursor } of leaving) cursor.stop();
    await Promise.all(leaving.map(({ delivery }) => delivery));
    // The next owner starts where the last commit says, so that has to be stored first.
    await Promise.allSettled(this.#commitsUnderWay);
    try {
      await this.#handler.onRevoked(leaving.map(({ cursor }) => topicPartition(cursor)));
    } catch (error) {
      this.#deps.logger.warn({ err: error, group: this.#groupId }, 'revocation failed');
    }
    for (const { cursor } of leaving) this.#held.delete(cursor.partition);
  }

  #heldCursor(position: TopicPartition): PartitionCursor {
    const held = this.#find(position);
    if (!held) {
      throw new StaleAssignmentError(
        `Partition ${position.partition} of ${position.topic} is not assigned to this consumer`,
      );
    }
    return held.cursor;
  }

  #find({ topic, partition }: TopicPartition): Held | undefined {
    return [...this.#held].find(
      ([state]) => state.topic === topic && state.partition === partition,
    )?.[1];
  }
}

function topicPartition(cursor: PartitionCursor): TopicPartition {
  const { topic, partition } = cursor.partition;
  return { topic, partition };
}
