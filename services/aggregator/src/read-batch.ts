/** From the log's messages to events: what can be read, what cannot, and what was counted before. */
import { isUtf8 } from 'node:buffer';
import type { LogMessage } from '@hookpulse/common/log/event-log';
import type { UnreadableMessage } from './dead-letters.ts';
import { decodeEvent } from './domain/decode-event.ts';
import type { LastMessage, LoggedEvent } from './domain/partition-fold.ts';

export interface ReadBatch {
  readonly events: readonly LoggedEvent[];
  readonly unreadable: readonly UnreadableMessage[];
}

const NOT_UTF8 = {
  readable: false,
  kind: 'not_utf8',
  reason: 'the value is not UTF-8',
} as const;

export function readBatch(messages: readonly LogMessage[]): ReadBatch {
  const events: LoggedEvent[] = [];
  const unreadable: UnreadableMessage[] = [];
  for (const message of messages) {
    const decoded = decodeValue(message.value);
    if (decoded.readable) {
      const { offset, timestampMs: logTimeMs } = message;
      events.push({ offset, logTimeMs, event: decoded.event, eventTimeMs: decoded.eventTimeMs });
    } else {
      unreadable.push({ message, kind: decoded.kind, reason: decoded.reason });
    }
  }
  return { events, unreadable };
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
  if (!isUtf8(value)) return NOT_UTF8;
  return decodeEvent(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
}
