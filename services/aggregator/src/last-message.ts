/** By what the aggregator knows the message that it counted last, and so the log it stands on. */
import type { LogMessage } from '@hookpulse/event-log/event-log';
import type { LastMessage } from './domain/partition-fold.ts';

/** A message described well enough to tell it from any other that could stand at its offset. */
export function lastMessageOf(message: LogMessage, logTimeMs: number): LastMessage {
  return { offset: message.offset, logTimeMs, fingerprint: fingerprint(message) };
}

/** Record time, key and size: two logs that agree in them at one offset are one log. */
export function fingerprint(message: LogMessage): string {
  return `${message.timestampMs}/${message.value?.byteLength ?? 'null'}/${message.key ?? ''}`;
}
