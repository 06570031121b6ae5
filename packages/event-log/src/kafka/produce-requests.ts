/**
 * Splits messages into requests that brokers take: all messages of a partition in a request are one
 * record batch, and a topic's `max.message.bytes` is for the whole batch.
 */
import type { OutgoingMessage } from '../event-log.ts';
import { recordBytes } from '../limits.ts';

/** Which partition of its topic a message goes to. */
export type Placement = (message: OutgoingMessage) => number;

/** What a request has for one partition. */
export interface OutgoingBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: OutgoingMessage[];
}

/** Below Kafka's default `max.message.bytes` of 1 MiB, which topics that were there may have. */
const MAX_RECORD_BATCH_BYTES = 900 * 1024;
/** Far below the default `socket.request.max.bytes` of 100 MiB, and sent within the time limit. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/** Requests in order; a message that is too large for any batch of others gets one of its own. */
export function splitIntoRequests(
  messages: readonly OutgoingMessage[],
  partitionOf: Placement,
): (readonly OutgoingMessage[])[] {
  if (messages.length === 0) return [];
  if (fitsOneBatch(messages)) return [messages];
  const requests: OutgoingMessage[][] = [];
  let request: OutgoingMessage[] = [];
  let requestBytes = 0;
  let batchBytes = new Map<string, number>();
  for (const message of messages) {
    const bytes = recordBytes(message);
    const batch = `${message.topic}/${partitionOf(message)}`;
    const bytesBefore = batchBytes.get(batch) ?? 0;
    const isFull =
      (bytesBefore > 0 && bytesBefore + bytes > MAX_RECORD_BATCH_BYTES) ||
      (requestBytes > 0 && requestBytes + bytes > MAX_REQUEST_BYTES);
    if (isFull) {
      requests.push(request);
      request = [];
      requestBytes = 0;
      batchBytes = new Map();
    }
    request.push(message);
    requestBytes += bytes;
    batchBytes.set(batch, (batchBytes.get(batch) ?? 0) + bytes);
  }
  requests.push(request);
  return requests;
}

/** Nearly always: then it does not matter which partitions they go to. */
function fitsOneBatch(messages: readonly OutgoingMessage[]): boolean {
  let bytes = 0;
  for (const message of messages) {
    bytes += recordBytes(message);
    if (bytes > MAX_RECORD_BATCH_BYTES) return false;
  }
  return true;
}

/** Each partition's messages in order. */
export function batchesOf(
  request: readonly OutgoingMessage[],
  partitionOf: Placement,
): OutgoingBatch[] {
  const byTopic = new Map<string, Map<number, OutgoingBatch>>();
  const batches: OutgoingBatch[] = [];
  for (const message of request) {
    const { topic } = message;
    const partition = partitionOf(message);
    const ofTopic = byTopic.get(topic) ?? new Map<number, OutgoingBatch>();
    const batch = ofTopic.get(partition);
    if (batch) {
      batch.messages.push(message);
    } else {
      const first = { topic, partition, messages: [message] };
      batches.push(first);
      byTopic.set(topic, ofTopic.set(partition, first));
    }
  }
  return batches;
}
