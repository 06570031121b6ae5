/**
 * Reads a topic from its start or given places and goes on with it. kafkajs reads only as a member of a group, so each
 * follower is the one member of a group of its own, which commits nothing and so leaves nothing.
 */
import { randomUUID } from 'node:crypto';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
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
import type { Landmark } from './recreation-watch.ts';

export class KafkaTopicFollower implements Follower, ConsumerHandler {
  readonly caughtUp: Promise<void>;
  readonly #options: FollowOptions;
  readonly #deps: GroupConsumerDeps;
  readonly #caughtUp = Promise.withResolvers<void>();
  /** By partition: the end that it has to reach to have caught up. */
  readonly #goals: Map<number, bigint>;
  /** By partition: the next offset to hand over. */
  readonly #positions = new Map<number, bigint>();
  /** By partition: the message handed over last. */
  readonly #landmarks = new Map<number, Landmark>();
  #consumer: Consumer | null = null;
  /** Nothing is waited for then that a broker has to answer. */
  readonly #closing = new AbortController();

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
      { ...deps, onTopicMayHaveChanged: () => follower.#forget() },
    );
    return follower;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#consumer?.close();
  }

  /** After an absence it goes on where it was, unless the topic may be another one. */
  async onAssigned(partitions: readonly TopicPartition[]): Promise<readonly LogPosition[]> {
    const { signal } = this.#closing;
    if (!(await untilAborted(this.#isSameTopic(), signal))) this.#forget();
    const ranges = await untilAborted(this.#deps.admin.ranges(this.#options.topic), signal);
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

  async onBatch({
    topic,
    partition,
    messages,
    nextOffset,
    readableOffset,
  }: LogBatch): Promise<void> {
    for (const message of messages) this.#options.onMessage(message);
    const last = messages.at(-1);
    if (last) {
      const { offset, timestampMs } = last;
      this.#landmarks.set(partition, { nextOffset: offset + 1n, timestampMs });
    }
    this.#options.onReached?.({ topic, partition, offset: nextOffset, readableOffset });
    // The end may stand behind a transaction that is still open, for as long as it likes.
    if (nextOffset >= readableOffset) this.#goals.delete(partition);
    this.#reach(partition, nextOffset);
  }

  /**
   * Log time never goes back within a partition: what is later than the message handed over last stands
   * behind it, unless the topic is another one, on brokers that were replaced while it was away.
   */
  async #isSameTopic(): Promise<boolean> {
    if (this.#landmarks.size === 0) return true;
    // The latest time serves all: each partition's own message is no later.
    const timestampMs = Math.max(...this.#landmarks.values().map((one) => one.timestampMs));
    const after = await this.#deps.admin.offsetsAt(this.#options.topic, timestampMs + 1);
    return after.every(({ partition, offset }) => {
      const landmark = this.#landmarks.get(partition);
      return landmark === undefined || offset >= landmark.nextOffset;
    });
  }

  #forget(): void {
    this.#positions.clear();
    this.#landmarks.clear();
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
