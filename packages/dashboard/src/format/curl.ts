/** A request to the API as a command for a shell. */

import { atBase } from '../base-path.ts';

/** The shell variable that replaces the token, which no page knows. */
export const TOKEN_VARIABLE = 'HOOKPULSE_TOKEN';

/** @param path - of the API, with its query @param origin - such as `https://hookpulse.example` */
export function curlOf(path: string, origin: string): string {
  return `curl -H "Authorization: Bearer $${TOKEN_VARIABLE}" ${quoted(origin + atBase(path))}`;
}

/** In single quotes a shell changes nothing. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
