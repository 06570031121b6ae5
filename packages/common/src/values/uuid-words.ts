/** UUIDs as 128 bits: `Number.parseInt` on parts of the text would take ten times as long. */

/** Unsigned 32-bit words of a UUID. */
export const UUID_WORDS = 4;

/** Value of each hexadecimal digit, by its character code. */
const DIGITS = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Writes a UUID to the first four words, most significant first.
 * @param text - in its canonical form of 36 characters, in any case
 */
export function writeUuid(text: string, words: Uint32Array): void {
  words[0] = (half(text, 0) << 16) | half(text, 4);
  words[1] = (half(text, 9) << 16) | half(text, 14);
  words[2] = (half(text, 19) << 16) | half(text, 24);
  words[3] = (half(text, 28) << 16) | half(text, 32);
}

/** The 16 bits of four digits. */
function half(text: string, at: number): number {
  return (
    (digit(text, at) << 12) |
    (digit(text, at + 1) << 8) |
    (digit(text, at + 2) << 4) |
    digit(text, at + 3)
  );
}

function digit(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)] ?? 0;
}
