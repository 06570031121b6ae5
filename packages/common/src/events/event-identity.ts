/**
 * Identity of events: what makes two records one fact.
 *
 * Telegram delivers an update again until it sees our 200, so an update whose acknowledgement was
 * lost on the way (a time-out, a killed process) comes twice. The id of its `received` event therefore
 * follows from (bot, update_id): both deliveries carry the same `event_id`, and every consumer of the
 * log that honours `event_id` counts the update once. `update_id` is unique per bot for at least a
 * week (https://core.telegram.org/bots/api#update).
 *
 * Such an id is a UUID of version 8, whose bits are ours to fill (RFC 9562, section 5.8): 60 bits of a
 * hash of the bot, 8 bits of what happened, and the `update_id` itself. So two updates of one bot can
 * never share an id, and making one costs no hash: ingest does it for every request.
 */
import { v7 } from 'uuid';
import { namedUuid, uuidBytes } from '../values/named-uuid.ts';

/** What of an update an event tells; part of its id. */
const RECEIVED = 1;
const TIMED_OUT = 2;

/** Namespace of the hash of a bot (RFC 9562, section 5.5); chosen once, never changed. */
const NAMESPACE = uuidBytes('5d1c6f2e-7d6b-4a35-9f0e-6a2f4b8c1d90');

const TWO_TO_32 = 2 ** 32;
/** Makes the upper part of any safe integer, 22 bits with its sign, a number without one. */
const UPPER_OFFSET = 2 ** 21;
const VARIANT = 0x8000;

interface BotHash {
  /** Namespace of the bot's own hashes. */
  readonly namespace: Uint8Array;
  /** The first three groups of ids: 48 bits of the hash, the version, and 12 bits more of the hash. */
  readonly half: string;
}

/** As many as there are bots, or a few more. */
const botHashes = new Map<string, BotHash>();
const MAX_BOT_HASHES = 100_000;

/** Id of the `received` event of a genuine delivery: the same for every delivery of the update. */
export function receivedEventId(botId: string, updateId: number): string {
  return updateEventId(botId, RECEIVED, updateId);
}

/** Id of the `error` event that says the update was never processed. */
export function timeoutEventId(botId: string, updateId: number): string {
  return updateEventId(botId, TIMED_OUT, updateId);
}

/**
 * Id of the `received` event of a genuine delivery that is no update: the same each time Telegram
 * repeats the body, of which there is no `update_id` to go by. A UUID of version 5.
 */
export function invalidUpdateEventId(botId: string, body: Uint8Array): string {
  return namedUuid(botHash(botId).namespace, body);
}

/**
 * Id of an event by which the forwarder tells of an update: the same when it tells of that again.
 * @param what - place of the update on the log, and what became of it
 */
export function forwardingEventId(botId: string, what: string): string {
  return namedUuid(botHash(botId).namespace, Buffer.from(what));
}

/** A new id whose order follows time (RFC 9562, section 5.7). @param nowMs - ms since the epoch */
export function newEventId(nowMs: number): string {
  return v7({ msecs: nowMs });
}

/** @param updateId - a safe integer */
function updateEventId(botId: string, what: number, updateId: number): string {
  const upper = Math.floor(updateId / TWO_TO_32) + UPPER_OFFSET;
  const lower = updateId >>> 0;
  const fourth = VARIANT | (what << 6) | (upper >>> 16);
  return `${botHash(botId).half}-${hex(fourth, 4)}-${hex(upper & 0xffff, 4)}${hex(lower, 8)}`;
}

function botHash(botId: string): BotHash {
  let hash = botHashes.get(botId);
  if (hash === undefined) {
    const id = namedUuid(NAMESPACE, Buffer.from(botId));
    hash = { namespace: uuidBytes(id), half: `${id.slice(0, 13)}-8${id.slice(15, 18)}` };
    if (botHashes.size >= MAX_BOT_HASHES) botHashes.clear();
    botHashes.set(botId, hash);
  }
  return hash;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
