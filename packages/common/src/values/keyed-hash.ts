/**
 * A hash of 32-bit words that nobody outside of the process can foresee. Ids come from bots, and with a
 * fixed hash a bot could choose them so that a table becomes one long chain: seconds of work a report.
 *
 * Simple tabulation (Pătrașcu and Thorup, "The Power of Simple Tabulation Hashing", 2012): each byte
 * picks a random word from a table of its own, and the words are xored. Probing stays short for any
 * keys that were chosen without knowing the tables. What is looked up does not depend on them.
 */
export type KeyedHash = (words: Uint32Array, from: number) => number;

const VALUES_OF_A_BYTE = 256;
const BYTES_OF_A_WORD = 4;
/** What `getRandomValues` gives at once, in bytes (W3C Web Cryptography, section 10.1.1). */
const MAX_RANDOM_BYTES = 65_536;

/** @param wordCount - how many words are hashed, at most 16; each key is a new one */
export function createKeyedHash(wordCount: number): KeyedHash {
  const tables = new Uint32Array(wordCount * BYTES_OF_A_WORD * VALUES_OF_A_BYTE);
  if (tables.byteLength > MAX_RANDOM_BYTES) throw new RangeError('too many words to hash');
  crypto.getRandomValues(tables);
  return (words, from) => {
    let hash = 0;
    let table = 0;
    for (let at = from; at < from + wordCount; at += 1) {
      const word = words[at] ?? 0;
      hash ^=
        (tables[table + (word & 0xff)] ?? 0) ^
        (tables[table + 0x100 + ((word >>> 8) & 0xff)] ?? 0) ^
        (tables[table + 0x200 + ((word >>> 16) & 0xff)] ?? 0) ^
        (tables[table + 0x300 + (word >>> 24)] ?? 0);
      table += BYTES_OF_A_WORD * VALUES_OF_A_BYTE;
    }
    return hash >>> 0;
  };
}
