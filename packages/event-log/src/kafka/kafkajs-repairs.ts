/** What of kafkajs 2.2.4 has to be put right, where it stands in kafkajs itself. */
import { steadyClock } from '@hookpulse/common/runtime/clock';
import kafkajs from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import RequestQueue, { type InflightRequest } from 'kafkajs/src/network/requestQueue/index.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { isUnknownTopic } from './kafka-errors.ts';

/** kafkajs `protocol/isolationLevel`. */
const READ_UNCOMMITTED = 0;
/** kafkajs's own `CHECK_PENDING_REQUESTS_INTERVAL`. */
const CHECK_INTERVAL_MS = 10;
/** As kafkajs has it. */
const TIMEOUT_CHECK_INTERVAL_MS = 100;

let isDone = false;

/** Idempotent. */
export function repairKafkajs(): void {
  if (isDone) return;
  isDone = true;
  quietRequestQueue();
  failOnLostTopics();
  askForTrueEnds();
  beatAfterClockSetBack();
  timeOutBySteadyClock();
  growWithoutZeros();
}

/**
 * kafkajs sets a timer for a moment long past after every response, though nothing waits: new Nodes
 * print a `TimeoutNegativeWarning` for it. This sets the timer only when requests do wait, which is all
 * that it is for (kafkajs `RequestQueue.scheduleCheckPendingRequests`).
 */
export function quietRequestQueue(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function schedule(): void {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId) return;
    const throttledMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledMs > 0 ? throttledMs : CHECK_INTERVAL_MS,
    );
  };
}

/**
 * kafkajs goes on as if nothing had been when a fetch says that the topic is gone and the topic is
 * there again a moment later: it reads the new topic from the old offset on, and what stands below is
 * never seen. This lets the consumer fail instead, so that its successor looks at the topic anew
 * (kafkajs `ConsumerGroup.recoverFromFetch`).
 */
function failOnLostTopics(): void {
  const { recoverFromFetch } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.recoverFromFetch = async function recover(error) {
    if (isUnknownTopic(error)) {
      throw Object.assign(new kafkajs.KafkaJSNonRetriableError(error), { cause: error });
    }
    await recoverFromFetch.call(this, error);
  };
}

/**
 * Asks for the ends of partitions as they are (kafkajs `Cluster.fetchTopicsOffset`).
 *
 * kafkajs asks for the last stable offset instead, before the first transaction that is still open: what
 * stands behind that would be taken for nothing, and a bot whose events are there for silent. And of
 * two questions at once the second may wait for metadata that were asked for before its topic was known,
 * and then fails with "Cannot destructure property 'partitions'".
 */
function askForTrueEnds(): void {
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

/**
 * kafkajs counts from the last heartbeat by the machine's clock: set back by an hour, it sends none for an
 * hour, and the broker gives the partitions to others while this consumer takes them for its own
 * (kafkajs `ConsumerGroup.heartbeat`). A last heartbeat in the future is one that is due.
 */
function beatAfterClockSetBack(): void {
  const { heartbeat } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.heartbeat = function beat(options) {
    if (this.lastRequest > Date.now()) this.lastRequest = 0;
    return heartbeat.call(this, options);
  };
}

/**
 * kafkajs times requests by the machine's clock: set forward, all that are under way fail and consumers leave
 * their groups; set back by an hour, a request whose answer is lost is waited for for an hour
 * (kafkajs `RequestQueue.scheduleRequestTimeoutCheck`). This counts from when the check first saw a request.
 */
function timeOutBySteadyClock(): void {
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function schedule(): void {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    const seenMs = new WeakMap<InflightRequest, number>();
    this.requestTimeoutIntervalId = setInterval(() => {
      const nowMs = steadyClock.now();
      for (const request of this.inflight.values()) {
        const sinceMs = seenMs.get(request) ?? nowMs;
        seenMs.set(request, sinceMs);
        if (nowMs - sinceMs > request.requestTimeout) request.timeoutRequest();
      }
      if (!this.isConnected()) this.destroy();
    }, TIMEOUT_CHECK_INTERVAL_MS);
  };
}

/** kafkajs copies a request twice into a growing buffer, and fills that with zeros first. */
function growWithoutZeros(): void {
  Encoder.prototype.ensureAvailable = function ensureAvailable(length) {
    const size = this.offset + length;
    if (size <= this.buf.length) return;
    const larger = Buffer.allocUnsafe(Encoder.nextPowerOfTwo(size));
    this.buf.copy(larger, 0, 0, this.offset);
    this.buf = larger;
  };
}
