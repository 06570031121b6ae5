/** Reads a message of `telegram.updates`: what is sent on, and what the scheduler has to know of it. */
import { fieldsOf, readUpdateRecord } from '@hookpulse/common/events/update-record';
import { expiryOf } from './expiry.ts';
import { queueKey } from './queue-key.ts';

export interface ForwardedUpdate {
  readonly offset: bigint;
  readonly botId: string;
  readonly updateId: number | null;
  readonly updateType: string | null;
  /** The update as Telegram sent it. */
  readonly body: string;
  /** Null: a queue of its own. */
  readonly queue: string | null;
  /** By the clock of this machine, milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** By that of the log, milliseconds since the epoch. */
  readonly logTimeMs: number;
  /** Of the replay that put it on the log once more; null: it came from Telegram. */
  readonly replayId: string | null;
  /** Of the delivery by Telegram, if that is traced; null: it is not. */
  readonly traceparent: string | null;
}

/**
 * Null: it is not an update.
 * @param place - `botId` is the key of the message
 * @param clockAheadMs - by which the clock of this machine is ahead of that of the log
 */
export function readForwardedUpdate(
  text: string,
  place: Pick<ForwardedUpdate, 'botId' | 'offset' | 'logTimeMs' | 'replayId' | 'traceparent'>,
  clockAheadMs = 0,
): ForwardedUpdate | null {
  const record = readUpdateRecord(text);
  if (!record) return null;
  const { body, update, updateId, updateType } = record;
  const fields = fieldsOf(updateType === null ? undefined : update[updateType]);
  // A replayed update is wanted however old it is: its expiry counts from the replay.
  const dated = place.replayId === null ? fields : {};
  return {
    ...place,
    updateId,
    updateType,
    body,
    queue: queueKey(updateType, fields),
    expiresAtMs: expiryOf(updateType, dated, place.logTimeMs) + clockAheadMs,
  };
}
