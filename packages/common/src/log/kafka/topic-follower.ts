/**
 * Reads a topic from its start or given places and goes on with it. kafkajs reads only as a member of a group, so each
 * follower is the one member of a group of its own, which commits nothing and so leaves nothing.
 */
import { randomUUID } from 'node:crypto';
import type {
  Consumer,
  ConsumerHandler,
  Follower,
  FollowOptions,
  LogBatch,
  LogPosition,
  PartitionRange,
  TopicPartition,
} from '../event-log.ts';
import { type GroupConsumerDeps, KafkaGroupConsumer } from './group-consumer.ts';

export class KafkaTopicFollower implements Follower, ConsumerHandler {
  readonly caughtUp: Promise<void>;
  readonly #options: FollowOptions;
  readonly #deps: GroupConsumerDeps;
  readonly #caughtUp = Promise.withResolvers<void>();
  /** By partition: the end that it has to reach to have caught up. */
  readonly #goals: Map<number, bigint>;
  /** By partition: the next offset to hand over. */
  readonly #positions = new Map<number, bigint>();
  #consumer: Consumer | null = null;

  private constructor(
    options: FollowOptions,
    deps: GroupConsumerDeps,
    ranges: readonly PartitionRange[],
  ) {
    this.#options = options;
    this.#deps = deps;
    this.caughtUp = this.#caughtUp.promise;
    for (const place of options.from ?? []) {
      const range = ranges.find(({ partition }) => partition === place.partition);
      if (range && isWithin(place, range)) this.#positions.set(place.partition, place.offset);
    }
    const unread = ranges.filter(
      ({ partition, startOffset, endOffset }) =>
        (this.#positions.get(partition) ?? startOffset) < endOffset,
    );
    this.#goals = new Map(unread.map(({ partition, endOffset }) => [partition, endOffset]));
    this.#checkGoals();
  }

  /** @throws UnknownTopicError, LogUnavailableError */
  static async follow(options: FollowOptions, deps: GroupConsumerDeps): Promise<Follower> {
    const ranges = await deps.admin.ranges(options.topic);
    const follower = new KafkaTopicFollower(options, deps, ranges);
    follower.#consumer = await KafkaGroupConsumer.join(
      { groupId: `follow-${randomUUID()}`, topics: [options.topic], handler: follower },
      { ...deps, onTopicMayHaveChanged: () => follower.#positions.clear() },
    );
    return follower;
  }

  async close(): Promise<void> {
    await this.#consumer?.close();
  }

  /** After an absence it goes on where it was, unless the topic may be another one. */
  async onAssigned(partitions: readonly TopicPartition[]): Promise<readonly LogPosition[]> {
    const ranges = await this.#deps.admin.ranges(this.#options.topic);
    return ranges
      .filter(({ partition }) => partitions.some((place) => place.partition === partition))
      .map(({ topic, partition, startOffset, endOffset }) => {
        const reached = this.#positions.get(partition) ?? startOffset;
        const goal = this.#goals.get(partition);
        // A recreated topic may never reach the end of the one before.
        if (goal !== undefined && goal > endOffset) this.#goals.set(partition, endOffset);
        this.#reach(partition, reached);
        return { topic, partition, offset: reached };
      });
  }

  async onRevoked(): Promise<void> {
    // The positions are kept for the return.
  }

  async onBatch({ partition, messages }: LogBatch): Promise<void> {
    for (const message of messages) {
      this.#options.onMessage(message);
      this.#reach(partition, message.offset + 1n);
    }
  }

  #reach(partition: number, position: bigint): void {
    this.#positions.set(partition, position);
    const goal = this.#goals.get(partition);
    if (goal !== undefined && position >= goal) this.#goals.delete(partition);
    this.#checkGoals();
  }

  #checkGoals(): void {
    if (this.#goals.size === 0) this.#caughtUp.resolve();
  }
}

function isWithin({ offset }: LogPosition, { startOffset, endOffset }: PartitionRange): boolean {
  return offset >= startOffset && offset <= endOffset;
}
