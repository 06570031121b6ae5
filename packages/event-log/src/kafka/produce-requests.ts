/**
 * Splits messages into requests that brokers take: kafkajs puts all messages of a partition in a
 * request into one record batch, and a topic's `max.message.bytes` is for the whole batch.
 */
import type { OutgoingMessage } from '../event-log.ts';
import { recordBytes } from '../limits.ts';

export interface PlacedMessage {
  readonly message: OutgoingMessage;
  readonly partition: number;
}

/** Below Kafka's default `max.message.bytes` of 1 MiB, which topics that were there may have. */
const MAX_RECORD_BATCH_BYTES = 900 * 1024;
/** Far below the default `socket.request.max.bytes` of 100 MiB, and sent within the time limit. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/** Requests in order; a message that is too large for any batch of others gets one of its own. */
export function splitIntoRequests(placed: readonly PlacedMessage[]): OutgoingMessage[][] {
  const requests: OutgoingMessage[][] = [];
  let request: OutgoingMessage[] = [];
  let requestBytes = 0;
  let batchBytes = new Map<string, number>();
  for (const { message, partition } of placed) {
    const bytes = recordBytes(message);
    const batch = `${message.topic}/${partition}`;
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
  if (request.length > 0) requests.push(request);
  return requests;
}
