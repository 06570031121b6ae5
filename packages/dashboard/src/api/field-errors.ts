/** What the API says of a form's fields, put to the fields; what is about no field stays together. */
import { ApiError } from './client.ts';

export interface FieldErrors {
  /** By the names of the form's fields. */
  readonly byField: Readonly<Record<string, string>>;
  /** For the foot of the form; null: there is nothing to say. */
  readonly rest: ApiError | null;
}

const NO_ERRORS: FieldErrors = { byField: {}, rest: null };

/**
 * @param fields - names of the fields that show an error
 * @param prefix - of the form's part of the body, such as `alerts.`
 */
export function fieldErrors(
  error: ApiError | null,
  fields: readonly string[],
  prefix = '',
): FieldErrors {
  if (!error) return NO_ERRORS;
  const byField: Record<string, string> = {};
  const rest = error.details.filter(({ field = '', message }) => {
    const name = fieldNamed(field, fields, prefix);
    if (name === null) return true;
    byField[name] ??= demandOf(message, field);
    return false;
  });
  const isShown = Object.keys(byField).length > 0;
  const sentence = isShown ? 'Not saved. Correct the marked fields.' : error.message;
  const { statusCode, requestId } = error;
  return { byField, rest: new ApiError(sentence, { statusCode, requestId, details: rest }) };
}

/** An item of a list (`receivers.0`) belongs to the field of the list. */
function fieldNamed(field: string, fields: readonly string[], prefix: string): string | null {
  if (!field.startsWith(prefix)) return null;
  const name = field.slice(prefix.length);
  return fields.find((one) => one === name || name.startsWith(`${one}.`)) ?? null;
}

/** `name must be 1 to 100 characters` beside the field itself: `Must be 1 to 100 characters`. */
function demandOf(message: string, field: string): string {
  const demand = message.startsWith(`${field} `) ? message.slice(field.length + 1) : message;
  return demand.charAt(0).toUpperCase() + demand.slice(1);
}
