/** Reading a Telegram Update (https://core.telegram.org/bots/api#update): only what we need of it. */

export interface Update {
  readonly updateId: number;
  /** Name of the one field beside `update_id`, known to us or not: `message`, `callback_query`, … */
  readonly updateType: string | null;
}

export type UpdateReading =
  | { readonly kind: 'update'; readonly update: Update }
  /** `problem` ends the sentence "The body …". */
  | { readonly kind: 'bad'; readonly problem: string };

/** How Telegram names the kinds of updates; anything else is none. */
const UPDATE_TYPE_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

export function readUpdate(value: unknown): UpdateReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'bad', problem: 'is not a JSON object' };
  }
  const updateId = 'update_id' in value ? value.update_id : undefined;
  if (typeof updateId !== 'number' || !Number.isSafeInteger(updateId)) {
    return { kind: 'bad', problem: 'has no integer update_id' };
  }
  return { kind: 'update', update: { updateId, updateType: updateTypeOf(value) } };
}

function updateTypeOf(update: object): string | null {
  for (const name in update) {
    if (name !== 'update_id' && UPDATE_TYPE_PATTERN.test(name)) return name;
  }
  return null;
}
