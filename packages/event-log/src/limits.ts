/** Limits and defaults that both engines share. */
import { type LogMessage, MessageTooLargeError, type OutgoingMessage } from './event-log.ts';

/**
 * The largest value that both engines take, bytes. A Telegram update may have 1 MiB; the envelope
 * around it, and numbers that JSON writes longer than it read them, need room above that.
 */
export const MAX_VALUE_BYTES = 4 * 1024 * 1024;

/** Messages of a batch when the consumer does not say: some milliseconds of work, not seconds. */
export const DEFAULT_MAX_BATCH_MESSAGES = 500;

/** Pause before a rejected `onAssigned` or `onBatch` is tried again, milliseconds. */
export const REDELIVERY_PAUSE_MS = 500;

/** More than a record's own fields take. */
const RECORD_OVERHEAD_BYTES = 70;
/** Of UTF-8 for one UTF-16 unit, at most: exact lengths cost more than a request that is split early. */
const MAX_UNIT_BYTES = 3;

/** Bytes that a value takes in the log. */
export function valueByteLength(value: OutgoingMessage['value']): number {
  if (value === null) return 0;
  return typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;
}

/** Bytes that a message takes as a record, at most. */
export function recordBytes({ key, value, headers }: OutgoingMessage | LogMessage): number {
  let units = key?.length ?? 0;
  for (const name in headers) units += name.length + (headers[name]?.length ?? 0) + 2;
  return RECORD_OVERHEAD_BYTES + units * MAX_UNIT_BYTES + valueByteLength(value);
}

/** @throws MessageTooLargeError */
export function assertFits(message: OutgoingMessage): void {
  const bytes = valueByteLength(message.value);
  if (bytes <= MAX_VALUE_BYTES) return;
  throw new MessageTooLargeError(
    `A message of ${bytes} bytes for ${message.topic} is over the limit of ${MAX_VALUE_BYTES}`,
  );
}
