/** The bytes of a body as text, repaired where they are not UTF-8. */
import { isUtf8 } from 'node:buffer';

export interface BodyText {
  /** UTF-8, without a byte order mark. */
  readonly bytes: Buffer;
  /** The same, decoded. */
  readonly text: string;
  /** Bytes that are not UTF-8 became U+FFFD. */
  readonly isRepaired: boolean;
}

/** What stands for bytes that are not UTF-8, and may also stand in the body itself. */
const REPLACEMENT_CHARACTER = '\uFFFD';
/** What some programs put in front of UTF-8 (RFC 8259, section 8.1: a parser may ignore it). */
const BYTE_ORDER_MARK = '\uFEFF';
const BYTE_ORDER_MARK_BYTES = 3;

/**
 * Decodes as a WHATWG `TextDecoder` does (https://encoding.spec.whatwg.org/#utf-8-decoder). Valid
 * bytes stay as they are: Telegram's own go onto the log to the letter. They are read once: only a
 * text with a replacement character is looked at again.
 */
export function readText(received: Buffer): BodyText {
  const text = received.toString('utf8');
  if (text.includes(REPLACEMENT_CHARACTER) && !isUtf8(received)) {
    const repaired = new TextDecoder().decode(received);
    return { bytes: Buffer.from(repaired), text: repaired, isRepaired: true };
  }
  if (!text.startsWith(BYTE_ORDER_MARK)) return { bytes: received, text, isRepaired: false };
  const bytes = received.subarray(BYTE_ORDER_MARK_BYTES);
  return { bytes, text: text.slice(BYTE_ORDER_MARK.length), isRepaired: false };
}
