/** Publishing to Kafka: acknowledged by all in-sync replicas, or an error soon. */
import type { Kafka, Message, Producer, TopicMessages } from 'kafkajs';
import type { OutgoingMessage } from '../event-log.ts';
import { assertFits } from '../limits.ts';
import { partitionForKey } from '../murmur2.ts';
import { FreshConnection } from './fresh-connection.ts';
import { RETRY_OPTIONS } from './kafka-client.ts';
import { type PlacedMessage, splitIntoRequests } from './produce-requests.ts';
import type { TopicAdmin } from './topic-admin.ts';

/** Ingest answers 503 after this, so that Telegram and bots try again. */
const PUBLISH_LIMIT_MS = 2_000;
/** How long the leader waits for its replicas; within the limit above. */
const REPLICATION_LIMIT_MS = 1_500;
const ALL_IN_SYNC_REPLICAS = -1;
/** Partitions that were added to a topic are used after this. */
const METADATA_MAX_AGE_MS = 30_000;

export class KafkaProducer {
  readonly #connection: FreshConnection<Producer>;
  readonly #admin: TopicAdmin;
  readonly #underWay = new Set<Promise<void>>();

  constructor(createClient: () => Kafka, admin: TopicAdmin) {
    this.#admin = admin;
    this.#connection = new FreshConnection(() =>
      createClient().producer({
        // Idempotent producers of kafkajs can lose a batch that they report as sent (DESIGN).
        idempotent: false,
        allowAutoTopicCreation: false,
        metadataMaxAge: METADATA_MAX_AGE_MS,
        retry: RETRY_OPTIONS,
        createPartitioner:
          () =>
          ({ message, partitionMetadata }) =>
            partitionForKey(String(message.key ?? ''), partitionMetadata.length),
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
    for (const request of splitIntoRequests(await this.#place(messages))) {
      const topicMessages = toTopicMessages(request);
      try {
        await this.#connection.use('publish', PUBLISH_LIMIT_MS, (producer) =>
          producer.sendBatch({
            topicMessages,
            acks: ALL_IN_SYNC_REPLICAS,
            timeout: REPLICATION_LIMIT_MS,
          }),
        );
      } catch (error) {
        for (const { topic } of topicMessages) this.#admin.forget(topic);
        throw error;
      }
    }
  }

  /** Which partition is kafkajs's decision; here it only tells what will share a record batch. */
  async #place(messages: readonly OutgoingMessage[]): Promise<PlacedMessage[]> {
    const counts = new Map<string, number>();
    for (const topic of new Set(messages.map((message) => message.topic))) {
      counts.set(topic, await this.#admin.lastKnownPartitionCount(topic, PUBLISH_LIMIT_MS));
    }
    return messages.map((message) => ({
      message,
      partition: partitionForKey(message.key, counts.get(message.topic) ?? 1),
    }));
  }
}

function toTopicMessages(messages: readonly OutgoingMessage[]): TopicMessages[] {
  return [...Map.groupBy(messages, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(toKafkaMessage),
  }));
}

function toKafkaMessage({ key, value, headers }: OutgoingMessage): Message {
  return {
    key,
    value: value === null || typeof value === 'string' ? value : Buffer.from(value),
    ...(headers ? { headers } : {}),
  };
}
