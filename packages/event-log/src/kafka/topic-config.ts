/** How topics are made. One that exists keeps the settings that it has. */
import { DAY_MS } from '@hookpulse/common/values/durations';
import type { ITopicConfig } from 'kafkajs';
import type { TopicSpec } from '../event-log.ts';
import { MAX_VALUE_BYTES } from '../limits.ts';

/** As Kafka recommends; fewer where there are not so many brokers. */
const REPLICATION_FACTOR = 3;
/** Room for key, headers and the record batch around a value of the largest size. */
const MAX_MESSAGE_BYTES = MAX_VALUE_BYTES + 64 * 1024;

/** @param brokerCount - brokers of the cluster now */
export function topicConfig(spec: TopicSpec, brokerCount: number): ITopicConfig {
  const replicationFactor = Math.min(REPLICATION_FACTOR, brokerCount);
  return {
    topic: spec.name,
    numPartitions: spec.partitions,
    replicationFactor,
    configEntries: [
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
      { name: 'cleanup.policy', value: cleanupPolicy(spec) },
      ...(spec.retentionDays === undefined
        ? []
        : [{ name: 'retention.ms', value: String(spec.retentionDays * DAY_MS) }]),
      { name: 'min.insync.replicas', value: String(minInSyncReplicas(replicationFactor)) },
    ],
  };
}

function cleanupPolicy({ compacted, retentionDays }: TopicSpec): string {
  if (!compacted) return 'delete';
  return retentionDays === undefined ? 'compact' : 'compact,delete';
}

/**
 * How many replicas have a message before it counts as acknowledged: all but one, so that one
 * broker may be away. Of three, two: the loss of the leader loses nothing. Of two or one it is one,
 * as more would stop ingest with the first broker; to lose nothing, use three.
 */
function minInSyncReplicas(replicationFactor: number): number {
  return Math.max(1, replicationFactor - 1);
}
