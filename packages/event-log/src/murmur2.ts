/**
 * Which partition a key belongs to, exactly as Kafka's Java client decides it, so that any producer
 * in any language puts a bot's messages into the same partition.
 * Rules: `org.apache.kafka.common.utils.Utils.murmur2` and `BuiltInPartitioner.partitionForKey`.
 */

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const ROTATION = 24;
/** Clears the sign bit, Kafka's `toPositive`; it is not the absolute value. */
const POSITIVE_MASK = 0x7fffffff;

const encoder = new TextEncoder();
/** Of a key of most topics. */
const scratch = new Uint8Array(256);
/** Of UTF-8 for one UTF-16 unit. */
const MAX_UNIT_BYTES = 3;

/** Hashes by key: the same few thousand bots come again and again, twice with every request. */
const hashes = new Map<string, number>();
const MAX_HASHES = 100_000;

/** `toPositive(murmur2(utf8(key))) % partitions`. */
export function partitionForKey(key: string, partitions: number): number {
  let hash = hashes.get(key);
  if (hash === undefined) {
    hash = hashOfText(key) & POSITIVE_MASK;
    if (hashes.size >= MAX_HASHES) hashes.clear();
    hashes.set(key, hash);
  }
  return hash % partitions;
}

function hashOfText(text: string): number {
  if (text.length * MAX_UNIT_BYTES > scratch.length) return murmur2(encoder.encode(text));
  return murmur2(scratch, encoder.encodeInto(text, scratch).written);
}

/** The 32-bit MurmurHash2 of Kafka, as a signed integer. @param length - so many bytes count */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let hash = SEED ^ length;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    let word = Math.imul(wordAt(bytes, index), MULTIPLIER);
    word ^= word >>> ROTATION;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if (index < length) {
    for (let tail = length - 1; tail >= index; tail -= 1) {
      hash ^= (bytes[tail] ?? 0) << ((tail - index) * 8);
    }
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** Little-endian. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
