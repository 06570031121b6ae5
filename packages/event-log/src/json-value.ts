/** Values of messages that should be JSON of a certain shape; other programs may put anything there. */
import type { Static, TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What the bytes say; undefined when they are not UTF-8 or not JSON, which has no undefined. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

/** The value, when it is JSON of this shape; else null. */
export function parseAs<Schema extends TSchema>(
  bytes: Uint8Array | null,
  validator: Validator<Record<never, never>, Schema>,
): Static<Schema> | null {
  const value = bytes === null ? undefined : parseJson(bytes);
  return value !== undefined && validator.Check(value) ? value : null;
}
