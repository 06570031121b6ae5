/** How topics stand on the brokers: for people who look after a cluster. */

import type { Logger } from '../../runtime/logger.ts';
import { UnknownTopicError } from '../event-log.ts';
import { FreshConnection } from './fresh-connection.ts';
import { createKafkaClient, type KafkaClientSettings, RETRY_OPTIONS } from './kafka-client.ts';
import { kafkajsLogs } from './kafkajs-logs.ts';

export interface TopicLayout {
  readonly topic: string;
  readonly partitions: number;
  /** Of the partition that has the fewest. */
  readonly replicas: number;
  /** Of the partition that has the fewest: copies that an acknowledgement has waited for. */
  readonly inSyncReplicas: number;
}

/** Two questions, each of which may be tried again. */
const ANSWER_LIMIT_MS = 10_000;

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
    createKafkaClient(settings, logger, kafkajsLogs(logger), sockets).admin({
      retry: RETRY_OPTIONS,
    }),
  );
  try {
    const metadata = await connection.use('topic layouts', ANSWER_LIMIT_MS, async (admin) => {
      const existing = new Set(await admin.listTopics());
      const asked = topics.filter((topic) => existing.has(topic));
      return asked.length === 0 ? [] : (await admin.fetchTopicMetadata({ topics: asked })).topics;
    });
    return metadata.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.length,
      replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      inSyncReplicas: Math.min(...partitions.map(({ isr }) => isr.length)),
    }));
  } catch (error) {
    // A topic that was deleted between the two questions is one that does not exist.
    if (error instanceof UnknownTopicError) return [];
    throw error;
  } finally {
    await connection.close();
  }
}
