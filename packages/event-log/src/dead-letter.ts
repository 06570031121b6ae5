/** A message that a consumer cannot read, as it goes to the dead-letter topic: the headers say where it came from. */

import type { LogMessage, OutgoingMessage } from './event-log.ts';
import { deadLetterHeaders } from './record-headers.ts';
import { DEAD_LETTER_TOPIC } from './topics.ts';

export interface Unread {
  readonly message: LogMessage;
  /** Why, in words. */
  readonly reason: string;
}

export function deadLetter(unread: Unread): OutgoingMessage {
  const { key, value, headers } = unread.message;
  return {
    topic: DEAD_LETTER_TOPIC,
    key: key ?? '',
    value,
    headers: { ...headers, ...deadLetterOrigin(unread) },
  };
}

export function deadLetterOrigin({ message, reason }: Unread): Record<string, string> {
  return {
    ...deadLetterHeaders(message.topic, message.partition, message.offset),
    reason,
    topic: message.topic,
    partition: `${message.partition}`,
    offset: `${message.offset}`,
  };
}
