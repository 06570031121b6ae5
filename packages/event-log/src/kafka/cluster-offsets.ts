/**
 * Asks for the ends of partitions as they are (kafkajs 2.2.4 `Cluster.fetchTopicsOffset`).
 *
 * kafkajs asks for the last stable offset instead, before the first transaction that is still open: what
 * stands behind that would be taken for nothing, and a bot whose events are there for silent. And of
 * two questions at once the second may wait for metadata that were asked for before its topic was known,
 * and then fails with "Cannot destructure property 'partitions'".
 */
import Cluster from 'kafkajs/src/cluster/index.js';

/** kafkajs `protocol/isolationLevel`. */
const READ_UNCOMMITTED = 0;

let isMended = false;

/** Idempotent. */
export function askForTrueEnds(): void {
  if (isMended) return;
  isMended = true;
  const { fetchTopicsOffset } = Cluster.prototype;
  Cluster.prototype.fetchTopicsOffset = async function fetchEnds(topics) {
    this.isolationLevel = READ_UNCOMMITTED;
    if (topics.some(({ partitions }) => partitions.length > 0)) {
      return fetchTopicsOffset.call(this, topics);
    }
    await this.refreshMetadata();
    const known = topics.map((asked) => ({
      ...asked,
      partitions: this.findTopicPartitionMetadata(asked.topic).map(({ partitionId }) => ({
        partition: partitionId,
      })),
    }));
    return fetchTopicsOffset.call(this, known);
  };
}
