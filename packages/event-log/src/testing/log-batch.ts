/** Batches for tests that have no log. */
import type { LogBatch, LogMessage, TopicPartition } from '../event-log.ts';

/** @param given - what is not as it follows from the messages; default: they are all there is */
export function logBatch(
  { topic, partition }: TopicPartition,
  messages: readonly LogMessage[],
  given: Partial<LogBatch> = {},
): LogBatch {
  const nextOffset = given.nextOffset ?? (messages.at(-1)?.offset ?? -1n) + 1n;
  const fromOffset = messages[0]?.offset ?? nextOffset;
  const endOffset = given.endOffset ?? nextOffset;
  const readableOffset = endOffset;
  return {
    topic,
    partition,
    messages,
    fromOffset,
    nextOffset,
    endOffset,
    readableOffset,
    ...given,
  };
}
