/** Publishing to Kafka: acknowledged by all in-sync replicas, or an error soon. */
import { retry } from '@hookpulse/common/runtime/retry';
import type { Message, Producer, RecordMetadata } from 'kafkajs';
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
import { type PlacedMessage, splitIntoRequests } from './produce-requests.ts';
import { isSizeRefusal } from './straight-produce.ts';
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
        createPartitioner:
          () =>
          ({ message, partitionMetadata }) => {
            const partition = partitionForKey(String(message.key ?? ''), partitionMetadata.length);
            // For when the partition refuses it.
            message.partition = partition;
            return partition;
          },
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
    const placed = await this.#untilDone(messages, deadlineMs, () =>
      this.#place(messages, deadlineMs),
    );
    const refused: OutgoingMessage[] = [];
    for (const request of splitIntoRequests(placed)) {
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
    const byTopic = Map.groupBy(messages, ({ topic }) => topic);
    const topicMessages = Array.from(byTopic, ([topic, ofTopic]) => ({
      topic,
      messages: ofTopic.map(toKafkaMessage),
    }));
    const answers = await producer.sendBatch({
      topicMessages,
      acks: ALL_IN_SYNC_REPLICAS,
      timeout: REPLICATION_LIMIT_MS,
    });
    const refusals = new Set(answers.filter(isSizeRefusal).map(placeOf));
    if (refusals.size === 0) return [];
    return topicMessages.flatMap(({ topic, messages: sent }) =>
      (byTopic.get(topic) ?? []).filter((_, index) =>
        refusals.has(placeOf({ topicName: topic, partition: sent[index]?.partition ?? -1 })),
      ),
    );
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
    for (const topic of topics) admin.forget(topic);
    if (!topics.every((topic) => kept.has(topic))) return error;
    kept.restore();
    return new LogUnavailableError('publish: a topic is missing and is being recreated', {
      cause: error,
    });
  }

  /** Which partition is kafkajs's decision; here it only tells what will share a record batch. */
  async #place(messages: readonly OutgoingMessage[], deadlineMs: number): Promise<PlacedMessage[]> {
    const counts = new Map<string, number>();
    for (const topic of new Set(messages.map((message) => message.topic))) {
      counts.set(topic, await this.#deps.admin.lastKnownPartitionCount(topic, msUntil(deadlineMs)));
    }
    return messages.map((message) => ({
      message,
      partition: partitionForKey(message.key, counts.get(message.topic) ?? 1),
    }));
  }
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

function toKafkaMessage({ key, value, headers }: OutgoingMessage): Message {
  const bytes = value instanceof Uint8Array && !Buffer.isBuffer(value) ? Buffer.from(value) : value;
  return headers ? { key, value: bytes, headers } : { key, value: bytes };
}
