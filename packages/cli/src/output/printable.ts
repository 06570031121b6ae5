/** Text of strangers that is shown in a terminal, where some characters are orders. */

/**
 * Controls (they move the cursor, colour, answer), separators that some programs take for a new line, and
 * characters that turn the direction of what stands around them. Line breaks are the caller's own.
 */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The text with such characters spelled out, as `\u202e`: text and JSON keep what they say. */
export function printable(text: string): string {
  return text.replaceAll(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
