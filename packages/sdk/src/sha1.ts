/**
 * SHA-1 (FIPS 180-4) at once, which neither the web's `crypto.subtle` nor every runtime offers. It makes
 * ids (UUID version 5) and protects nothing.
 */

const BLOCK_BYTES = 64;
/** A bit that ends the message, and its length of 64 bits. */
const END_BYTES = 9;

/** @returns five words of 32 bits, without a sign */
export function sha1(message: Uint8Array): readonly number[] {
  const blocks = Math.ceil((message.length + END_BYTES) / BLOCK_BYTES);
  const view = new DataView(new ArrayBuffer(blocks * BLOCK_BYTES));
  for (const [at, byte] of message.entries()) view.setUint8(at, byte);
  view.setUint8(message.length, 0x80);
  view.setUint32(view.byteLength - 4, message.length * 8);
  const hash: [number, number, number, number, number] = [
    0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0,
  ];
  for (let start = 0; start < view.byteLength; start += BLOCK_BYTES) {
    const words = scheduleOf(view, start);
    let [a, b, c, d, e] = hash;
    for (const [round, word] of words.entries()) {
      const next = (rotated(a, 5) + mixed(round, b, c, d) + e + word) | 0;
      [a, b, c, d, e] = [next, a, rotated(b, 30), c, d];
    }
    hash[0] = (hash[0] + a) | 0;
    hash[1] = (hash[1] + b) | 0;
    hash[2] = (hash[2] + c) | 0;
    hash[3] = (hash[3] + d) | 0;
    hash[4] = (hash[4] + e) | 0;
  }
  return hash.map((word) => word >>> 0);
}

function scheduleOf(view: DataView, start: number): readonly number[] {
  const words: number[] = [];
  for (let at = 0; at < 80; at += 1) {
    if (at < 16) words.push(view.getUint32(start + at * 4));
    else
      words.push(
        rotated(before(words, 3) ^ before(words, 8) ^ before(words, 14) ^ before(words, 16), 1),
      );
  }
  return words;
}

function before(words: readonly number[], distance: number): number {
  return words[words.length - distance] ?? 0;
}

function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
