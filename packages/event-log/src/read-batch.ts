/** From the log's messages to events: what can be read, what cannot, and what was counted before. */
import { isUtf8 } from 'node:buffer';
import { decodeEvent, type UnreadableKind } from '@hookpulse/common/events/decode-event';
import { eventLogTime, momentOfLog } from '@hookpulse/common/events/log-time';
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import type { LogMessage } from './event-log.ts';

export interface UnreadableMessage {
  readonly message: LogMessage;
  readonly kind: UnreadableKind;
  /** Why, in words. */
  readonly reason: string;
}

export interface ReadBatch {
  readonly events: readonly LoggedEvent[];
  readonly unreadable: readonly UnreadableMessage[];
  /** Log time of the last message; null: there is none. */
  readonly logTimeMs: number | null;
}

const NOT_UTF8 = {
  readable: false,
  kind: 'not_utf8',
  reason: 'the value is not UTF-8',
} as const;

/** @param nowMs - bounds how far the times of records are believed */
export function readBatch(messages: readonly LogMessage[], nowMs: number): ReadBatch {
  const events: LoggedEvent[] = [];
  const unreadable: UnreadableMessage[] = [];
  let logTimeMs: number | null = null;
  for (const message of messages) {
    const decoded = decodeValue(message.value);
    if (decoded.readable) {
      const { event, eventTimeMs } = decoded;
      logTimeMs = eventLogTime(message.timestampMs, eventTimeMs, nowMs);
      events.push({ offset: message.offset, logTimeMs, event, eventTimeMs });
    } else {
      logTimeMs = momentOfLog(message.timestampMs, nowMs);
      unreadable.push({ message, kind: decoded.kind, reason: decoded.reason });
    }
  }
  return { events, unreadable, logTimeMs };
}

function decodeValue(value: Uint8Array | null) {
  if (value === null) return decodeEvent(null);
  if (!isUtf8(value)) return NOT_UTF8;
  return decodeEvent(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString());
}
