/** Records of `telegram.updates`: an update as Telegram sent it, with its bot and when it came. */

export type Fields = Readonly<Record<string, unknown>>;

export interface UpdateRecord {
  /** The update, copied as it came where that can be told. */
  readonly body: string;
  readonly update: Fields;
  readonly updateId: number | null;
  /** Such as `message`; null: it has none that could be one. */
  readonly updateType: string | null;
  /** As ingest wrote it; null: another program wrote the record, without. */
  readonly receivedAt: string | null;
}

/** As ingest writes it: what stands between is copied, so nothing of the update changes on the way. */
const RECORD_START = /^\{"bot_id":"[\w-]{1,64}","received_at":"([^"\\]*)","update":/;
const KIND_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

/** Null: it is not an update. */
export function readUpdateRecord(text: string): UpdateRecord | null {
  const record = copied(text) ?? written(text);
  if (!record) return null;
  const { update_id: id } = record.update;
  return {
    ...record,
    updateId: typeof id === 'number' && Number.isSafeInteger(id) ? id : null,
    updateType: Object.keys(record.update).find((name) => isKind(name)) ?? null,
  };
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NO_FIELDS;
}

type Read = Pick<UpdateRecord, 'body' | 'update' | 'receivedAt'>;

function copied(text: string): Read | null {
  const [start, receivedAt = ''] = RECORD_START.exec(text) ?? [];
  if (start === undefined || !text.endsWith('}')) return null;
  const body = text.slice(start.length, -1);
  const update = parsed(body);
  return update && { body, update, receivedAt };
}

/** Of another program, which may order and space the record as it likes. */
function written(text: string): Read | null {
  const record = parsed(text);
  const update = record?.update;
  const fields = fieldsOf(update);
  if (fields !== update) return null;
  const body = rewritten(fields);
  if (body === null) return null;
  const at = record?.received_at;
  return { body, update: fields, receivedAt: typeof at === 'string' ? at : null };
}

/** Null: it is nested too deep to be written. */
function rewritten(update: Fields): string | null {
  try {
    return JSON.stringify(update);
  } catch {
    return null;
  }
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

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKind(name: string): boolean {
  return name !== 'update_id' && KIND_PATTERN.test(name);
}
