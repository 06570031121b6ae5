/** From the log's messages to events: what can be read, what cannot, and what was counted before. */
import { isUtf8 } from 'node:buffer';
import type { LogMessage, OutgoingMessage } from '@hookpulse/common/log/event-log';
import { DEAD_LETTER_TOPIC } from '@hookpulse/common/log/topics';
import { decodeEvent } from './domain/decode-event.ts';
import type { LastMessage, LoggedEvent } from './domain/partition-fold.ts';

export interface ReadBatch {
  readonly events: readonly LoggedEvent[];
  /** For the dead-letter topic: the messages that cannot be read, each with its reason. */
  readonly deadLetters: readonly OutgoingMessage[];
}

export function readBatch(messages: readonly LogMessage[]): ReadBatch {
  const events: LoggedEvent[] = [];
  const deadLetters: OutgoingMessage[] = [];
  for (const message of messages) {
    const decoded = decodeValue(message.value);
    if (decoded.readable) {
      const { offset, timestampMs: logTimeMs } = message;
      events.push({ offset, logTimeMs, event: decoded.event, eventTimeMs: decoded.eventTimeMs });
    } else {
      deadLetters.push(deadLetter(message, decoded.reason));
    }
  }
  return { events, deadLetters };
}

/** A message described well enough to tell it from any other that could stand at its offset. */
export function lastMessageOf(message: LogMessage): LastMessage {
  return { logTimeMs: message.timestampMs, fingerprint: fingerprint(message) };
}

/** Log time, key and size: two logs that agree in them at one offset are one log. */
export function fingerprint(message: LogMessage): string {
  return `${message.timestampMs}/${message.value?.byteLength ?? 'null'}/${message.key ?? ''}`;
}

function decodeValue(value: Uint8Array | null) {
  if (value === null) return decodeEvent(null);
  if (!isUtf8(value)) return { readable: false, reason: 'the value is not UTF-8' } as const;
  return decodeEvent(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
}

function deadLetter(message: LogMessage, reason: string): OutgoingMessage {
  return {
    topic: DEAD_LETTER_TOPIC,
    key: message.key ?? '',
    value: message.value,
    headers: {
      ...message.headers,
      reason,
      topic: message.topic,
      partition: `${message.partition}`,
      offset: `${message.offset}`,
    },
  };
}
