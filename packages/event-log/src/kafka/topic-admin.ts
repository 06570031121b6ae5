/** What is asked of Kafka about topics and groups, and the making of topics. */
import type { SteadyClock } from '@hookpulse/common/runtime/clock';
import { retry } from '@hookpulse/common/runtime/retry';
import type { Admin } from 'kafkajs';
import {
  type LogPosition,
  LogUnavailableError,
  type PartitionRange,
  type TopicSpec,
  UnknownTopicError,
} from '../event-log.ts';
import { FreshConnection } from './fresh-connection.ts';
import { type CreateClient, RETRY_OPTIONS } from './kafka-client.ts';
import { isNotReady } from './kafka-errors.ts';
import { topicConfig } from './topic-config.ts';

/** Time for one question, also when brokers are away and when a first connection is made. */
const ANSWER_LIMIT_MS = 5_000;
/** A topic that is unknown is asked for again each time, which would take seconds. */
const QUESTION_RETRY = { ...RETRY_OPTIONS, retries: 2 };
/** Making topics waits for their leaders. */
const CREATE_LIMIT_MS = 30_000;
const READY_POLL_INTERVAL_MS = 50;
/** How long the number of partitions of a topic is believed. */
const PARTITION_COUNT_AGE_MS = 30_000;

export class TopicAdmin {
  readonly #connection: FreshConnection<Admin>;
  readonly #clock: SteadyClock;
  readonly #partitionCounts = new Map<string, { count: number; readAtMs: number }>();

  constructor(createClient: CreateClient, clock: SteadyClock) {
    this.#clock = clock;
    this.#connection = new FreshConnection((sockets) =>
      createClient(sockets).admin({ retry: QUESTION_RETRY }),
    );
  }

  async ping(limitMs: number): Promise<void> {
    await this.#connection.use('ping', limitMs, (admin) => admin.describeCluster());
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    await this.#connection.use('ensureTopics', CREATE_LIMIT_MS, async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = specs.filter(({ name }) => !existing.has(name));
      if (missing.length === 0) return;
      const { brokers } = await admin.describeCluster();
      // One by one: another process may be making some of the same ones at this moment.
      for (const spec of missing) {
        await admin.createTopics({
          topics: [topicConfig(spec, brokers.length)],
          // kafkajs takes a topic that its broker does not know yet for an error.
          waitForLeaders: false,
          timeout: CREATE_LIMIT_MS,
        });
        this.#partitionCounts.delete(spec.name);
      }
      for (const { name } of missing) await untilLed(admin, name);
    });
  }

  /** @throws UnknownTopicError */
  async partitionCount(topic: string): Promise<number> {
    const known = this.#partitionCounts.get(topic);
    if (known && this.#clock.now() - known.readAtMs < PARTITION_COUNT_AGE_MS) return known.count;
    return this.#readPartitionCount(topic, ANSWER_LIMIT_MS);
  }

  /** As it was when the topic was last looked at: asks only the first time. */
  async lastKnownPartitionCount(topic: string, limitMs: number): Promise<number> {
    const known = this.#partitionCounts.get(topic);
    return known ? known.count : this.#readPartitionCount(topic, limitMs);
  }

  async #readPartitionCount(topic: string, limitMs: number): Promise<number> {
    const { topics } = await this.#ask(
      topic,
      'partitions',
      (admin) => admin.fetchTopicMetadata({ topics: [topic] }),
      limitMs,
    );
    const count = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    this.#partitionCounts.set(topic, { count, readAtMs: this.#clock.now() });
    return count;
  }

  /** The topic turned out to be different from what was known of it. */
  forget(topic: string): void {
    this.#partitionCounts.delete(topic);
  }

  /** In order of partitions. @throws UnknownTopicError */
  async ranges(topic: string): Promise<readonly PartitionRange[]> {
    await this.partitionCount(topic);
    const offsets = await this.#ask(topic, 'ranges', (admin) => offsetsOf(admin, topic));
    return offsets
      .map(({ partition, low, high }) => ({
        topic,
        partition,
        startOffset: BigInt(low),
        endOffset: BigInt(high),
      }))
      .toSorted(byPartition);
  }

  /** In order of partitions. @throws UnknownTopicError */
  async offsetsAt(topic: string, timestampMs: number): Promise<readonly LogPosition[]> {
    await this.partitionCount(topic);
    // Negative times mean something else to Kafka.
    const timestamp = Math.max(0, Math.ceil(timestampMs));
    const offsets = await this.#ask(topic, 'offsetsAt', (admin) =>
      unlessUnknown(admin.fetchTopicOffsetsByTimestamp(topic, timestamp)),
    );
    return offsets
      .map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }))
      .toSorted(byPartition);
  }

  /** In order of partitions. @throws UnknownTopicError */
  async committed(groupId: string, topic: string): Promise<readonly LogPosition[]> {
    await this.partitionCount(topic);
    const answers = await this.#ask(topic, 'committed', (admin) =>
      admin.fetchOffsets({ groupId, topics: [topic] }),
    );
    return answers
      .flatMap(({ partitions }) => partitions)
      .map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }))
      .filter(({ offset }) => offset >= 0n)
      .toSorted(byPartition);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #ask<Answer>(
    topic: string,
    what: string,
    question: (admin: Admin) => Promise<Answer>,
    limitMs = ANSWER_LIMIT_MS,
  ): Promise<Answer> {
    try {
      return await this.#connection.use(`${what} of ${topic}`, limitMs, question);
    } catch (error) {
      if (error instanceof UnknownTopicError) this.forget(topic);
      throw error;
    }
  }
}

/**
 * Waits until the leaders of all partitions answer for them. Brokers announce a new topic before each
 * of its partitions takes messages; a producer would write those that do again with those that do not.
 */
async function untilLed(admin: Admin, topic: string): Promise<void> {
  await retry(() => offsetsOf(admin, topic), {
    pauseMs: READY_POLL_INTERVAL_MS,
    onFailure(error) {
      if (!isNotReady(error) && !(error instanceof LogUnavailableError)) throw error;
    },
  });
}

function offsetsOf(admin: Admin, topic: string): ReturnType<Admin['fetchTopicOffsets']> {
  return unlessUnknown(admin.fetchTopicOffsets(topic));
}

/** kafkajs 2.2.4 throws a TypeError where a broker does not know the partitions of a new topic yet. */
async function unlessUnknown<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LogUnavailableError('the broker does not know the partitions yet');
  }
}

function byPartition(one: { partition: number }, other: { partition: number }): number {
  return one.partition - other.partition;
}
