/**
 * Puts messages that cannot be read on the dead-letter topic, so that the partition goes on without
 * them and nothing is lost silently. The headers of a dead letter say where it came from.
 */
import { deadLetter, deadLetterOrigin } from '@hookpulse/event-log/dead-letter';
import {
  type EventLog,
  MessageTooLargeError,
  type OutgoingMessage,
} from '@hookpulse/event-log/event-log';
import { recordBytes } from '@hookpulse/event-log/limits';
import type { UnreadableMessage } from '@hookpulse/event-log/read-batch';
import { DEAD_LETTER_TOPIC } from '@hookpulse/event-log/topics';

/** A publish has little more than a second, and other programs write values of any size. */
const MAX_BYTES_PER_PUBLISH = 1024 * 1024;
/** Fits into a topic of any usual size, and is enough to see what it was. */
const CUT_VALUE_BYTES = 100_000;
const CUT_KEY_CHARACTERS = 1_000;

/** The first of what waits that make one publish; at least one. */
export function firstToPublish(
  waiting: readonly UnreadableMessage[],
): readonly UnreadableMessage[] {
  let bytes = 0;
  const end = waiting.findIndex(({ message }) => {
    bytes += recordBytes(message);
    return bytes > MAX_BYTES_PER_PUBLISH;
  });
  return end === -1 ? waiting : waiting.slice(0, Math.max(1, end));
}

/** @throws LogUnavailableError, UnknownTopicError; then some may be there, and all may be tried again. */
export async function publishDeadLetters(
  log: Pick<EventLog, 'publish'>,
  unreadable: readonly UnreadableMessage[],
): Promise<void> {
  const [first] = unreadable;
  if (!first) return;
  try {
    await log.publish(unreadable.map(deadLetter));
  } catch (error) {
    if (!(error instanceof MessageTooLargeError)) throw error;
    if (unreadable.length === 1) await log.publish([cutLetter(first)]);
    else for (const one of unreadable) await publishDeadLetters(log, [one]);
  }
}

/** For a message that was as large as its topic takes: with our headers it may be too large. */
function cutLetter(unreadable: UnreadableMessage): OutgoingMessage {
  const { key, value } = unreadable.message;
  return {
    topic: DEAD_LETTER_TOPIC,
    key: key?.slice(0, CUT_KEY_CHARACTERS) ?? '',
    value: value?.subarray(0, CUT_VALUE_BYTES) ?? null,
    headers: { ...deadLetterOrigin(unreadable), value_bytes: `${value?.byteLength ?? 0}` },
  };
}
