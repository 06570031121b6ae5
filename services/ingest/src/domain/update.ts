/** Reading a Telegram Update (https://core.telegram.org/bots/api#update): only what we need of it. */

export interface Update {
  readonly updateId: number;
  /** Name of the one field beside `update_id`, known to us or not: `message`, `callback_query`, … */
  readonly updateType: string | null;
}

export type UpdateReading =
  | { readonly kind: 'update'; readonly update: Update }
  /** `problem` is a sentence of ASCII that JSON need not escape. */
  | { readonly kind: 'bad'; readonly problem: string };

/** How Telegram names the kinds of updates; anything else is none. */
const UPDATE_TYPE_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

/**
 * Takes every JSON object with an integer `update_id`, whatever else is in it: what Telegram sends is
 * for the bot to judge. `JSON.parse` reads it without recursion, so no nesting overflows.
 */
export function readUpdate(text: string): UpdateReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad('The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad('The body is not a JSON object.');
  }
  const updateId = 'update_id' in value ? value.update_id : undefined;
  if (typeof updateId !== 'number' || !Number.isSafeInteger(updateId)) {
    return bad('The body has no integer update_id.');
  }
  return { kind: 'update', update: { updateId, updateType: updateTypeOf(value) } };
}

function updateTypeOf(update: object): string | null {
  for (const name in update) {
    if (name !== 'update_id' && UPDATE_TYPE_PATTERN.test(name)) return name;
  }
  return null;
}

function bad(problem: string): UpdateReading {
  return { kind: 'bad', problem };
}
