/** An event as it was read off the log, for streams. */
import { decodeEvent } from '@hookpulse/common/events/decode-event';
import { knownFields, type WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { LogMessage } from '@hookpulse/event-log/event-log';
import { type LivePosition, positionText } from '../domain/live-position.ts';

export interface LiveEvent {
  readonly partition: number;
  readonly offset: bigint;
  readonly event: WebhookEvent;
  /** Of the position after it: a client that has it has seen everything up to there. */
  readonly id: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Moves a position on by a message. Null: it cannot be read, which is the aggregator's to tell. */
export function takeMessage(position: Map<number, bigint>, message: LogMessage): LiveEvent | null {
  const { partition, offset, value } = message;
  position.set(partition, offset + 1n);
  const decoded = decodeEvent(textOf(value));
  if (!decoded.readable) return null;
  return { partition, offset, event: knownFields(decoded.event), id: positionText(position) };
}

/** Whether a client at `position` has still to be sent this event. */
export function isAfter({ partition, offset }: LiveEvent, position: LivePosition): boolean {
  return offset >= (position.get(partition) ?? 0n);
}

function textOf(value: Uint8Array | null): string | null {
  if (value === null) return null;
  try {
    return utf8.decode(value);
  } catch {
    return '';
  }
}
