/**
 * Asks for the true ends of partitions. kafkajs 2.2.4 asks for the last stable offset instead, before
 * the first transaction that is still open: what stands behind that would be taken for nothing, and a
 * bot whose events are there for silent (kafkajs `Cluster.fetchTopicsOffset`).
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
  Cluster.prototype.fetchTopicsOffset = function fetchEnds(topics) {
    this.isolationLevel = READ_UNCOMMITTED;
    return fetchTopicsOffset.call(this, topics);
  };
}
