/** Messages as kafkajs reads them, as messages of the port. */
import type { Batch, KafkaMessage } from 'kafkajs';
import type { LogMessage } from '../event-log.ts';

export function toLogMessages({ topic, partition, messages }: Batch): LogMessage[] {
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
