/** Reads a message of `telegram.updates`: what is sent on, and what the scheduler has to know of it. */
import { expiryOf } from './expiry.ts';
import { type Fields, queueKey } from './queue-key.ts';

export interface ForwardedUpdate {
  readonly offset: bigint;
  readonly botId: string;
  readonly updateId: number | null;
  readonly updateType: string | null;
  /** The update as Telegram sent it. */
  readonly body: string;
  /** Null: a queue of its own. */
  readonly queue: string | null;
  /** Milliseconds since the epoch, as the next two. */
  readonly expiresAtMs: number;
  readonly logTimeMs: number;
}

/** As ingest writes it: what stands between is copied, so nothing of the update changes on the way. */
const RECORD_START = /^\{"bot_id":"[\w-]{1,64}","received_at":"[^"\\]*","update":/;
const KIND_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * Null: it is not an update.
 * @param botId - the key of the message
 */
export function readForwardedUpdate(
  text: string,
  place: { readonly botId: string; readonly offset: bigint; readonly logTimeMs: number },
): ForwardedUpdate | null {
  const record = copied(text) ?? written(text);
  if (!record) return null;
  const { body, update } = record;
  const updateType = Object.keys(update).find((name) => isKind(name)) ?? null;
  const fields = fieldsOf(updateType === null ? undefined : update[updateType]);
  const { update_id: id } = update;
  return {
    ...place,
    updateId: typeof id === 'number' && Number.isSafeInteger(id) ? id : null,
    updateType,
    body,
    queue: queueKey(updateType, fields),
    expiresAtMs: expiryOf(updateType, fields, place.logTimeMs),
  };
}

interface UpdateRecord {
  readonly body: string;
  readonly update: Fields;
}

function copied(text: string): UpdateRecord | null {
  const start = RECORD_START.exec(text)?.[0];
  if (start === undefined || !text.endsWith('}')) return null;
  const body = text.slice(start.length, -1);
  const update = parsed(body);
  return update && { body, update };
}

/** Of another program, which may order and space the record as it likes. */
function written(text: string): UpdateRecord | null {
  const update = parsed(text)?.update;
  const fields = fieldsOf(update);
  if (fields !== update) return null;
  return { body: JSON.stringify(update), update: fields };
}

function parsed(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    const fields = fieldsOf(value);
    return fields === value ? fields : null;
  } catch {
    return null;
  }
}

const NO_FIELDS: Fields = {};

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NO_FIELDS;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKind(name: string): boolean {
  return name !== 'update_id' && KIND_PATTERN.test(name);
}
