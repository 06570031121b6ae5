/** Messages as kafkajs has them, and as the port has them. */
import type { KafkaMessage } from 'kafkajs';
import type { LogMessage, TopicPartition } from '../event-log.ts';

/** kafkajs `protocol/timestampTypes`: the topic has `message.timestamp.type=LogAppendTime`. */
const LOG_APPEND_TIME = 1;

export function toLogMessage(
  message: KafkaMessage,
  { topic, partition }: TopicPartition,
): LogMessage {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key === null ? null : message.key.toString('utf8'),
    value: message.value,
    headers: decodeHeaders(message.headers),
  };
}

/** Of a record batch, not of an older message set. */
type RecordBatchEntry = Extract<KafkaMessage, { readonly size?: never }>;

/**
 * A message of the port as kafkajs has it: for the offset, of which kafkajs asks, and for consumers of others in
 * this process. Only what is asked for is converted.
 */
export class KafkajsMessage implements RecordBatchEntry {
  readonly attributes = 0;
  readonly #message: LogMessage;

  constructor(message: LogMessage) {
    this.#message = message;
  }

  get offset(): string {
    return String(this.#message.offset);
  }

  get timestamp(): string {
    return String(this.#message.timestampMs);
  }

  get key(): Buffer | null {
    const { key } = this.#message;
    return key === null ? null : Buffer.from(key);
  }

  get value(): Buffer | null {
    const { value } = this.#message;
    return value && Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }

  get headers(): Record<string, Buffer> {
    const { headers } = this.#message;
    return Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]),
    );
  }
}

/** kafkajs keeps the header of the record batch with each message, but does not declare it. */
export function hasLogTime(message: KafkaMessage): boolean {
  if (!('batchContext' in message)) return false;
  const { batchContext } = message;
  return (
    typeof batchContext === 'object' &&
    batchContext !== null &&
    'timestampType' in batchContext &&
    batchContext.timestampType === LOG_APPEND_TIME
  );
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
