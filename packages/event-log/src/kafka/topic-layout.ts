/** How topics stand on the brokers: for people who look after a cluster. */

import type { Logger } from '@hookpulse/common/runtime/logger';
import kafkajs, { type Admin } from 'kafkajs';
import { UnknownTopicError } from '../event-log.ts';
import { FreshConnection } from './fresh-connection.ts';
import { createKafkaClient, type KafkaClientSettings, RETRY_OPTIONS } from './kafka-client.ts';

export interface TopicLayout {
  readonly topic: string;
  readonly partitions: number;
  /** Of the partition that has the fewest. */
  readonly replicas: number;
  /** Of the partition that has the fewest: copies that an acknowledgement has waited for. */
  readonly inSyncReplicas: number;
  /** Its `max.message.bytes`, of itself or of the brokers; null: Kafka did not say. */
  readonly maxMessageBytes: number | null;
}

/** Three questions, each of which may be tried again. */
const ANSWER_LIMIT_MS = 10_000;
const SIZE_SETTING = 'max.message.bytes';

/**
 * The layouts of those of the topics that exist.
 * @throws LogUnavailableError, LogRefusedError
 */
export async function readTopicLayouts(
  settings: KafkaClientSettings,
  topics: readonly string[],
  logger: Logger,
): Promise<TopicLayout[]> {
  const connection = new FreshConnection((sockets) =>
    createKafkaClient(settings, logger, sockets).admin({
      retry: RETRY_OPTIONS,
    }),
  );
  try {
    const { metadata, sizes } = await connection.use('layouts', ANSWER_LIMIT_MS, async (admin) => {
      const existing = new Set(await admin.listTopics());
      const asked = topics.filter((topic) => existing.has(topic));
      if (asked.length === 0) return { metadata: [], sizes: new Map<string, number>() };
      const found = await admin.fetchTopicMetadata({ topics: asked });
      return { metadata: found.topics, sizes: await readSizes(admin, asked) };
    });
    return metadata.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.length,
      replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      inSyncReplicas: Math.min(...partitions.map(({ isr }) => isr.length)),
      maxMessageBytes: sizes.get(name) ?? null,
    }));
  } catch (error) {
    // A topic that was deleted between the two questions is one that does not exist.
    if (error instanceof UnknownTopicError) return [];
    throw error;
  } finally {
    await connection.close();
  }
}

/** Empty where this user may not read settings. */
async function readSizes(admin: Admin, topics: readonly string[]): Promise<Map<string, number>> {
  const { TOPIC } = kafkajs.ConfigResourceTypes;
  const resources = topics.map((name) => ({ type: TOPIC, name, configNames: [SIZE_SETTING] }));
  const answer = await admin
    .describeConfigs({ resources, includeSynonyms: false })
    .catch(() => null);
  const sizes = (answer?.resources ?? []).flatMap(({ resourceName, configEntries }) => {
    const bytes = Number(
      configEntries.find(({ configName }) => configName === SIZE_SETTING)?.configValue,
    );
    return Number.isSafeInteger(bytes) ? [[resourceName, bytes] as const] : [];
  });
  return new Map(sizes);
}
