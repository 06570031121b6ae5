/** URLs as they are logged: the key of a secret link lets in whoever has it. */

/** A path may be as long as a header, and is logged for whoever sends it. */
const MAX_LENGTH = 256;
const KEY = /([?&]key=)[^&#]*/gi;

export function loggedUrl(url: string): string {
  return url.replaceAll(KEY, '$1***').slice(0, MAX_LENGTH);
}
