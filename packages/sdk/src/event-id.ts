/**
 * Ids of events. A `received` event has the id that Hookpulse's ingest gives it: it follows from the bot
 * and the `update_id`. So an update counts once, however often Telegram delivers it and also where both
 * ingest and the bot report it. All other ids are new.
 */
import { sha1 } from './sha1.ts';

/** Namespace of the hash of a bot (RFC 9562, section 5.5): that of Hookpulse. */
const NAMESPACE = '5d1c6f2e7d6b4a359f0e6a2f4b8c1d90';
/** What of an update an event tells. 2 is of Hookpulse itself. */
const RECEIVED = 1;
const PROCESSED = 3;
const FAILED = 4;
const VARIANT = 0x8000;
const TWO_TO_16 = 2 ** 16;
const TWO_TO_32 = 2 ** 32;
/** Makes the upper part of any safe integer, 22 bits with its sign, a number without one. */
const UPPER_OFFSET = 2 ** 21;

/**
 * Id of the `received` event of an update: a UUID of version 8.
 * @param half - as `botHalf` makes it
 * @param updateId - a safe integer
 */
export function receivedEventId(half: string, updateId: number): string {
  return updateEventId(half, RECEIVED, updateId);
}

/** Of the `processed` event of an update that a worker of `consumeUpdates` has handled. */
export function processedEventId(half: string, updateId: number): string {
  return updateEventId(half, PROCESSED, updateId);
}

/** Of the `error` event of its first failure there. */
export function failedEventId(half: string, updateId: number): string {
  return updateEventId(half, FAILED, updateId);
}

function updateEventId(half: string, what: number, updateId: number): string {
  const upper = Math.floor(updateId / TWO_TO_32) + UPPER_OFFSET;
  const fourth = VARIANT | (what << 6) | (upper >>> 16);
  return `${half}-${hex(fourth, 4)}-${hex(upper & 0xffff, 4)}${hex(updateId >>> 0, 8)}`;
}

/** The first three groups of such ids of a bot. @param bot - its id, or else what stands for it */
export function botHalf(bot: string): string {
  const name = new TextEncoder().encode(bot);
  const message = new Uint8Array(16 + name.length);
  for (let at = 0; at < 16; at += 1) {
    message[at] = Number.parseInt(NAMESPACE.slice(at * 2, at * 2 + 2), 16);
  }
  message.set(name, 16);
  const [first = 0, second = 0] = sha1(message);
  const digits = hex(second, 8);
  return `${hex(first, 8)}-${digits.slice(0, 4)}-8${digits.slice(5)}`;
}

/** A new id whose order follows time: a UUID of version 7. @param nowMs - ms since the epoch */
export function newEventId(nowMs: number): string {
  const upper = Math.floor(nowMs / TWO_TO_16);
  return `${hex(upper, 8)}-${hex(nowMs & 0xffff, 4)}-7${crypto.randomUUID().slice(15)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
