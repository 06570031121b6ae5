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

/** What some programs put in front of UTF-8 (RFC 8259, section 8.1: a parser may ignore it). */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/**
 * Decodes as a WHATWG `TextDecoder` does (https://encoding.spec.whatwg.org/#utf-8-decoder). Valid
 * bytes stay as they are: Telegram's own go onto the log to the letter.
 */
export function readText(received: Buffer): BodyText {
  if (!isUtf8(received)) {
    const text = new TextDecoder().decode(received);
    return { bytes: Buffer.from(text), text, isRepaired: true };
  }
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => received[index] === byte);
  const bytes = hasMark ? received.subarray(BYTE_ORDER_MARK.length) : received;
  return { bytes, text: bytes.toString('utf8'), isRepaired: false };
}
