/** Messages as kafkajs reads them, as messages of the port. */
import type { Batch, KafkaMessage } from 'kafkajs';
import type { LogMessage } from '../event-log.ts';
import type { FetchedMessages } from './partition-delivery.ts';
import type { FetchReach } from './whole-fetches.ts';

/** kafkajs `protocol/timestampTypes`: the topic has `message.timestamp.type=LogAppendTime`. */
const LOG_APPEND_TIME = 1;

/** What kafkajs fetched of a partition. */
export function toFetchedMessages(batch: Batch, reach: FetchReach): FetchedMessages {
  const { nextOffset, endOffset, readableOffset } = reach;
  return {
    messages: toLogMessages(batch),
    nextOffset,
    endOffset,
    readableOffset,
    hasLogTime: batch.messages.every(hasLogTime),
  };
}

/** kafkajs keeps the header of the record batch with each message, but does not declare it. */
function hasLogTime(message: KafkaMessage): boolean {
  if (!('batchContext' in message)) return false;
  const { batchContext } = message;
  return (
    typeof batchContext === 'object' &&
    batchContext !== null &&
    'timestampType' in batchContext &&
    batchContext.timestampType === LOG_APPEND_TIME
  );
}

function toLogMessages({ topic, partition, messages }: Batch): LogMessage[] {
  return messages.map((message) => ({
    topic,
    partition,
    offset: BigInt(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key === null ? null : message.key.toString('utf8'),
    value: message.value,
    headers: decodeHeaders(message.headers),
  }));
}

/** Of a header that is repeated the last one counts. */
function decodeHeaders(headers: KafkaMessage['headers']): Record<string, string> {
  const decoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) decoded[name] = last.toString('utf8');
  }
  return decoded;
}
