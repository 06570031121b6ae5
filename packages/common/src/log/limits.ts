/**
 * The largest value that both engines take, bytes. A Telegram update may have 1 MiB; the envelope
 * around it, and numbers that JSON writes longer than it read them, need room above that.
 */
export const MAX_VALUE_BYTES = 4 * 1024 * 1024;

/** Messages of a batch when the consumer does not say: some milliseconds of work, not seconds. */
export const DEFAULT_MAX_BATCH_MESSAGES = 500;

/** Pause before a rejected `onAssigned` or `onBatch` is tried again, milliseconds. */
export const REDELIVERY_PAUSE_MS = 500;
