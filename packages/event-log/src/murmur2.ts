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

/** Hashes by key: the same few thousand bots come again and again, twice with every request. */
const hashes = new Map<string, number>();
const MAX_HASHES = 100_000;

/** `toPositive(murmur2(utf8(key))) % partitions`. */
export function partitionForKey(key: string, partitions: number): number {
  let hash = hashes.get(key);
  if (hash === undefined) {
    hash = murmur2(encoder.encode(key)) & POSITIVE_MASK;
    if (hashes.size >= MAX_HASHES) hashes.clear();
    hashes.set(key, hash);
  }
  return hash % partitions;
}

/** The 32-bit MurmurHash2 of Kafka, as a signed integer. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  let hash = SEED ^ length;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    let word = Math.imul(view.getInt32(index, true), MULTIPLIER);
    word ^= word >>> ROTATION;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if (index < length) {
    for (let tail = length - 1; tail >= index; tail -= 1) {
      hash ^= view.getUint8(tail) << ((tail - index) * 8);
    }
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return hash ^ (hash >>> 15);
}
