/**
 * Reads the records of a record batch v2 in one pass (https://kafka.apache.org/documentation/#record). kafkajs
 * makes a decoder for each, does its sums by BigInt, and copies the headers once for every header.
 */
import type { LogMessage, TopicPartition } from '../event-log.ts';
import { ReadMessage } from '../read-message.ts';

/** Whether all records of a batch share the log's time, or each adds a difference of its own to `ms`. */
export interface RecordTimes {
  readonly areOfLog: boolean;
  /** Milliseconds since the epoch. */
  readonly ms: number;
}

/** What the header of their batch says of all records. */
export interface RecordsContext extends TopicPartition {
  readonly baseOffset: bigint;
  readonly times: RecordTimes;
}

const CONTINUES = 0x80;
const VALUE_BITS = 0x7f;
/** Of a number that arithmetic of 32 bits holds. */
const SMALL_VARINT_BYTES = 4;
const MAX_VARINT_BYTES = 10;
const NOTHING = -1;

/**
 * @param bytes - of all records, decompressed
 * @throws RangeError when a record does not end where it says
 */
export function decodeRecords(bytes: Buffer, count: number, context: RecordsContext): LogMessage[] {
  const reader = new RecordReader(bytes);
  const messages: LogMessage[] = [];
  for (let n = 0; n < count; n += 1) messages.push(reader.next(context));
  return messages;
}

/** Key of the first record. @throws RangeError when there is none */
export function firstKey(bytes: Buffer): Buffer | null {
  return new RecordReader(bytes).key();
}

class RecordReader {
  readonly #bytes: Buffer;
  #at = 0;
  readonly #names = new RepeatedTexts();
  readonly #values = new RepeatedTexts();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next({ topic, partition, baseOffset, times }: RecordsContext): LogMessage {
    const end = this.#recordEnd();
    const timeDelta = this.#varint();
    const fields = {
      topic,
      partition,
      offset: baseOffset + BigInt(this.#varint()),
      timestampMs: times.areOfLog ? times.ms : times.ms + timeDelta,
      key: this.#field()?.toString() ?? null,
      value: this.#field(),
    };
    const headersAt = this.#at;
    this.#skipHeaders();
    if (this.#at !== end) throw new RangeError('a record does not end where it says');
    return new ReadMessage(fields, () => this.#headers(headersAt));
  }

  key(): Buffer | null {
    this.#recordEnd();
    this.#varint();
    this.#varint();
    return this.#field();
  }

  /** Reads the length and the attributes, which mean nothing yet. */
  #recordEnd(): number {
    const length = this.#varint();
    const end = this.#at + length;
    if (length < 1 || end > this.#bytes.length) throw new RangeError('a record is cut off');
    this.#at += 1;
    return end;
  }

  /** A malformed header makes its record unreadable at once, not on first access. */
  #skipHeaders(): void {
    for (let texts = 2 * this.#varint(); texts > 0; texts -= 1) {
      const length = this.#varint();
      if (length !== NOTHING) this.#skip(length);
    }
  }

  /** Of a header that is repeated the last one counts; one without a value is left out. */
  #headers(at: number): Record<string, string> {
    this.#at = at;
    const headers: Record<string, string> = {};
    const count = this.#varint();
    for (let n = 0; n < count; n += 1) {
      const name = this.#text(this.#names, n);
      const value = this.#text(this.#values, n);
      if (name !== null && value !== null) headers[name] = value;
    }
    return headers;
  }

  #field(): Buffer | null {
    const length = this.#varint();
    if (length === NOTHING) return null;
    return this.#bytes.subarray(this.#at, this.#skip(length));
  }

  /** @param place - among the headers of its record */
  #text(repeated: RepeatedTexts, place: number): string | null {
    const length = this.#varint();
    if (length === NOTHING) return null;
    const start = this.#at;
    return repeated.textAt(place, this.#bytes, start, this.#skip(length));
  }

  #skip(length: number): number {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new RangeError('a record is cut off');
    this.#at = end;
    return end;
  }

  /** Zigzag. */
  #varint(): number {
    let raw = 0;
    for (let n = 0; n < SMALL_VARINT_BYTES; n += 1) {
      const byte = this.#byte();
      raw |= (byte & VALUE_BITS) << (n * 7);
      if (byte < CONTINUES) return (raw >>> 1) ^ -(raw & 1);
    }
    return this.#longVarint(BigInt(raw));
  }

  /** @param read - what is read of it already */
  #longVarint(read: bigint): number {
    let raw = read;
    for (let n = SMALL_VARINT_BYTES; n < MAX_VARINT_BYTES; n += 1) {
      const byte = this.#byte();
      raw |= BigInt(byte & VALUE_BITS) << BigInt(n * 7);
      if (byte < CONTINUES) return Number((raw >> 1n) ^ -(raw & 1n));
    }
    throw new RangeError('a number of a record does not end');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('a record is cut off');
    this.#at += 1;
    return byte;
  }
}

interface Repeated {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Most headers are the same in each record of a batch, at the same place. */
class RepeatedTexts {
  readonly #last: Repeated[] = [];

  textAt(place: number, bytes: Buffer, start: number, end: number): string {
    const before = this.#last[place];
    if (before && isSame(bytes, before, start, end)) return before.text;
    const text = bytes.toString('utf8', start, end);
    this.#last[place] = { start, end, text };
    return text;
  }
}

function isSame(bytes: Buffer, before: Repeated, start: number, end: number): boolean {
  const length = end - start;
  if (before.end - before.start !== length) return false;
  for (let n = 0; n < length; n += 1) {
    if (bytes[before.start + n] !== bytes[start + n]) return false;
  }
  return true;
}
