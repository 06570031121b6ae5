/** Publishing to Kafka: acknowledged by all in-sync replicas, or an error soon. */
import { retry } from '@hookpulse/common/runtime/retry';
import type { PartitionerArgs, Producer, RecordMetadata } from 'kafkajs';
import {
  isLogOutage,
  LogUnavailableError,
  MessageTooLargeError,
  type OutgoingMessage,
  UnknownTopicError,
} from '../event-log.ts';
import { assertFits, valueByteLength } from '../limits.ts';
import { partitionForKey } from '../murmur2.ts';
import { FreshConnection } from './fresh-connection.ts';
import { type CreateClient, RETRY_OPTIONS } from './kafka-client.ts';
import type { KeptTopics } from './kept-topics.ts';
import { inWords, type SizeRefusal, type SizeRefusals } from './log-problems.ts';
import { batchesOf, type OutgoingBatch, splitIntoRequests } from './produce-requests.ts';
import { isSizeRefusal, isWholeBatch, type WholeBatch } from './straight-produce.ts';
import type { TopicAdmin } from './topic-admin.ts';

/**
 * For a publish with all its attempts. Ingest then answers 503, so that Telegram and bots try again:
 * within 2 s, of which the rest is for what a busy machine needs for thousands of such answers.
 */
export const PUBLISH_LIMIT_MS = 1_250;
/** How long the leader waits for its replicas; within the limit above. */
const REPLICATION_LIMIT_MS = 1_000;
/** Before another attempt with a fresh connection, which finds leaders that moved. */
const ATTEMPT_PAUSE_MS = 100;
const ALL_IN_SYNC_REPLICAS = -1;
/** Partitions that were added to a topic are used after this. */
const METADATA_MAX_AGE_MS = 30_000;

export interface ProducerDeps {
  readonly createClient: CreateClient;
  readonly admin: TopicAdmin;
  readonly topics: KeptTopics;
  readonly sizeRefusals: SizeRefusals;
}

export class KafkaProducer {
  readonly #connection: FreshConnection<Producer>;
  readonly #deps: ProducerDeps;
  readonly #limitMs: number;
  readonly #underWay = new Set<Promise<void>>();
  /** By topic: how many partitions messages are placed by. */
  readonly #partitionCounts = new Map<string, number>();
  readonly #partitionOf = ({ topic, key }: OutgoingMessage) =>
    partitionForKey(key, this.#partitionCount(topic));

  constructor(deps: ProducerDeps, limitMs: number) {
    const { createClient } = deps;
    this.#deps = deps;
    this.#limitMs = limitMs;
    this.#connection = new FreshConnection((sockets) =>
      createClient(sockets).producer({
        // Idempotent producers of kafkajs can lose a batch that they report as sent (DESIGN).
        idempotent: false,
        allowAutoTopicCreation: false,
        metadataMaxAge: METADATA_MAX_AGE_MS,
        // Attempts are made here, as long as somebody waits for them.
        retry: { ...RETRY_OPTIONS, retries: 0 },
        createPartitioner: () => (asked) => this.#partitionOfBatch(asked),
      }),
    );
  }

  /** @throws LogUnavailableError, UnknownTopicError, MessageTooLargeError */
  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const message of messages) assertFits(message);
    const publishing = this.#publish(messages);
    this.#underWay.add(publishing);
    try {
      await publishing;
    } finally {
      this.#underWay.delete(publishing);
    }
  }

  /** Publishes under way are finished first. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.#connection.close();
  }

  /** Requests go one after the other, so that messages keep their order. */
  async #publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const deadlineMs = performance.now() + this.#limitMs;
    await this.#untilDone(messages, deadlineMs, () => this.#countPartitions(messages, deadlineMs));
    const refused: OutgoingMessage[] = [];
    for (const request of splitIntoRequests(messages, this.#partitionOf)) {
      refused.push(...(await this.#send(request, deadlineMs)));
    }
    const [first] = refused;
    if (first) throw new MessageTooLargeError(inWords(sizeRefusalOf(first)), { refused });
  }

  /**
   * Where messages of a partition are too large together, those of each half are sent apart; what other
   * partitions have taken is not sent again. Answers those that are too large by themselves.
   */
  async #send(
    messages: readonly OutgoingMessage[],
    deadlineMs: number,
  ): Promise<readonly OutgoingMessage[]> {
    const refused = await this.#untilDone(messages, deadlineMs, () =>
      this.#connection.use('publish', msUntil(deadlineMs), (producer) =>
        this.#sendOnce(producer, messages),
      ),
    );
    const [first, ...others] = refused;
    if (!first) return [];
    if (others.length === 0) {
      // At once: there may be no time left for the rest of the publish.
      this.#deps.sizeRefusals.found(sizeRefusalOf(first), performance.now());
      return refused;
    }
    const half = Math.ceil(refused.length / 2);
    return [
      ...(await this.#send(refused.slice(0, half), deadlineMs)),
      ...(await this.#send(refused.slice(half), deadlineMs)),
    ];
  }

  /** Answers the messages of partitions that refused theirs for the size. */
  async #sendOnce(
    producer: Producer,
    messages: readonly OutgoingMessage[],
  ): Promise<readonly OutgoingMessage[]> {
    const batches = batchesOf(messages, this.#partitionOf);
    const byTopic = Map.groupBy(batches, ({ topic }) => topic);
    try {
      const answers = await producer.sendBatch({
        topicMessages: Array.from(byTopic, ([topic, ofTopic]) => ({
          topic,
          messages: ofTopic.map((batch) => asOneMessage(batch, this.#partitionCount(topic))),
        })),
        acks: ALL_IN_SYNC_REPLICAS,
        timeout: REPLICATION_LIMIT_MS,
      });
      const refusals = new Set(answers.filter(isSizeRefusal).map(placeOf));
      if (refusals.size === 0) return [];
      return batches
        .filter(({ topic, partition }) => refusals.has(placeOf({ topicName: topic, partition })))
        .flatMap((batch) => batch.messages);
    } catch (error) {
      if (error instanceof OtherPartitionsError) return this.#sendOnce(producer, messages);
      throw error;
    }
  }

  /** Asked for all batches of a request before any of it is sent. @throws OtherPartitionsError */
  #partitionOfBatch({ topic, message, partitionMetadata }: PartitionerArgs): number {
    const count = partitionMetadata.length;
    if (isWholeBatch(message) && message.partitionCount === count) return message.partition;
    this.#partitionCounts.set(topic, count);
    throw new OtherPartitionsError();
  }

  #partitionCount(topic: string): number {
    return this.#partitionCounts.get(topic) ?? 1;
  }

  /** Again and again until the deadline, while brokers are away or topics are made again. */
  async #untilDone<Result>(
    messages: readonly OutgoingMessage[],
    deadlineMs: number,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    return retry(attempt, {
      pauseMs: ATTEMPT_PAUSE_MS,
      onFailure: (thrown, pauseMs) => {
        const error = this.#understand(thrown, messages);
        if (!isLogOutage(error) || performance.now() + pauseMs > deadlineMs) throw error;
      },
    });
  }

  /** A missing topic that Hookpulse keeps is an outage: it is created again. */
  #understand(error: unknown, messages: readonly OutgoingMessage[]): unknown {
    if (!(error instanceof UnknownTopicError)) return error;
    const { admin, topics: kept } = this.#deps;
    const topics = [...new Set(messages.map(({ topic }) => topic))];
    for (const topic of topics) {
      admin.forget(topic);
      this.#partitionCounts.delete(topic);
    }
    if (!topics.every((topic) => kept.has(topic))) return error;
    kept.restore();
    return new LogUnavailableError('publish: a topic is missing and is being recreated', {
      cause: error,
    });
  }

  /** Later counts are kafkajs's (`#partitionOfBatch`). */
  async #countPartitions(messages: readonly OutgoingMessage[], deadlineMs: number): Promise<void> {
    for (const { topic } of messages) {
      if (this.#partitionCounts.has(topic)) continue;
      const { admin } = this.#deps;
      const count = await admin.lastKnownPartitionCount(topic, msUntil(deadlineMs));
      this.#partitionCounts.set(topic, count);
    }
  }
}

/** A topic has other partitions than its messages were placed by: nothing of the request was sent. */
class OtherPartitionsError extends Error {
  override readonly name = 'OtherPartitionsError';
}

function msUntil(deadlineMs: number): number {
  return Math.max(0, deadlineMs - performance.now());
}

function sizeRefusalOf({ topic, value }: OutgoingMessage): SizeRefusal {
  return { topic, bytes: valueByteLength(value) };
}

function placeOf({
  topicName,
  partition,
}: Pick<RecordMetadata, 'topicName' | 'partition'>): string {
  return `${topicName}/${partition}`;
}

function asOneMessage({ partition, messages }: OutgoingBatch, partitionCount: number): WholeBatch {
  return { key: null, value: null, partition, partitionCount, messages };
}
