/** Headers of stored messages. Nearly all messages of a topic have the same ones. */

export type Headers = Readonly<Record<string, string>>;

const NO_HEADERS: Headers = Object.freeze({});
/** More distinct headers than topics have shapes; the dead-letter topic's differ each time. */
const CACHE_ENTRIES = 256;

const cache = new Map<string, Headers>();

/** @param json - as stored; null when the message has none. */
export function decodeHeaders(json: string | null): Headers {
  if (json === null) return NO_HEADERS;
  const known = cache.get(json);
  if (known) return known;
  const parsed: unknown = JSON.parse(json);
  const headers: Record<string, string> = {};
  if (typeof parsed === 'object' && parsed !== null) {
    for (const [name, value] of Object.entries(parsed)) headers[name] = String(value);
  }
  if (cache.size >= CACHE_ENTRIES) cache.clear();
  cache.set(json, Object.freeze(headers));
  return headers;
}
