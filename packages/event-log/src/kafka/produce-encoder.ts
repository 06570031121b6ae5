/**
 * A produce request written in one pass, straight from the bytes of its messages. kafkajs makes an encoder
 * with a buffer of its own for each header, record, batch, partition and topic, and copies each into the next.
 *
 * Produce Request v3 to v7 and record batches v2 (https://kafka.apache.org/documentation/#recordbatch), not
 * compressed and outside of transactions; the bytes are those that kafkajs writes.
 */
import { crc32c } from './crc32c.ts';

export interface ProducePayload {
  readonly acks: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly messages: readonly ProducedMessage[];
    }[];
  }[];
}

export interface ProducedMessage {
  readonly key: string | null;
  readonly value: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const NO_TRANSACTION = -1;
const NO_PRODUCER = -1n;
const MAGIC = 2;
/** Where fields of a batch are, from its start; the length and the check sum count from behind themselves. */
const LENGTH_AT = 8;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const BATCH_HEADER_BYTES = 61;
/** Of a record of 64 to 8,191 bytes, which most are; others are moved. */
const USUAL_LENGTH_BYTES = 2;
const MAX_VARINT_BYTES = 5;
/** Of UTF-8 for one UTF-16 unit. */
const MAX_UNIT_BYTES = 3;
/** The length of a text that is shorter takes one byte. */
const SHORT = 64;
/** Bytes of a record of ingest beside its value, with room to spare. */
const USUAL_OVERHEAD_BYTES = 512;

/** @param nowMs - the time of all records, milliseconds since the epoch */
export function encodeProduce({ acks, timeout, topicData }: ProducePayload, nowMs: number): Buffer {
  const writer = new Writer(usualBytes(topicData));
  writer.int16(NO_TRANSACTION);
  writer.int16(acks);
  writer.int32(timeout);
  writer.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    writer.int16(Buffer.byteLength(topic));
    writer.text(topic);
    writer.int32(partitions.length);
    for (const { partition, messages } of partitions) {
      writer.int32(partition);
      const sizeAt = writer.at;
      writer.int32(0);
      writer.batch(messages, nowMs);
      writer.patchInt32(sizeAt, writer.at - sizeAt - 4);
    }
  }
  return writer.written();
}

function usualBytes(topicData: ProducePayload['topicData']): number {
  let bytes = USUAL_OVERHEAD_BYTES;
  for (const { partitions } of topicData) {
    for (const { messages } of partitions) {
      for (const { value } of messages) bytes += (value?.length ?? 0) + USUAL_OVERHEAD_BYTES;
    }
  }
  return bytes;
}

class Writer {
  at = 0;
  #bytes: Buffer;

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafe(bytes);
  }

  written(): Buffer {
    return this.#bytes.subarray(0, this.at);
  }

  int16(value: number): void {
    this.#reserve(2);
    this.at = this.#bytes.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.at = this.#bytes.writeInt32BE(value, this.at);
  }

  patchInt32(at: number, value: number): void {
    this.#bytes.writeInt32BE(value, at);
  }

  text(text: string): void {
    this.#reserve(text.length * MAX_UNIT_BYTES);
    this.at += this.#bytes.write(text, this.at);
  }

  batch(messages: readonly ProducedMessage[], nowMs: number): void {
    this.#reserve(BATCH_HEADER_BYTES);
    const start = this.at;
    this.at += BATCH_HEADER_BYTES;
    for (let index = 0; index < messages.length; index += 1) {
      const message = messages[index];
      if (message) this.#record(message, index);
    }
    const header = this.#bytes.subarray(start, start + BATCH_HEADER_BYTES).fill(0);
    header.writeInt32BE(this.at - start - LENGTH_AT - 4, LENGTH_AT);
    header.writeInt8(MAGIC, 16);
    header.writeInt32BE(messages.length - 1, 23);
    header.writeBigInt64BE(BigInt(nowMs), 27);
    header.writeBigInt64BE(BigInt(nowMs), 35);
    header.writeBigInt64BE(NO_PRODUCER, 43);
    header.writeInt32BE(messages.length, 57);
    header.writeUInt32BE(crc32c(this.#bytes, start + ATTRIBUTES_AT, this.at), CRC_AT);
  }

  #record({ key, value, headers }: ProducedMessage, offsetDelta: number): void {
    this.#reserve(MAX_VARINT_BYTES);
    const start = this.at;
    this.at += USUAL_LENGTH_BYTES;
    this.#reserve(2 + MAX_VARINT_BYTES);
    this.#bytes[this.at++] = 0; // attributes
    this.#bytes[this.at++] = 0; // time since the first record
    this.#varint(offsetDelta);
    this.#field(key);
    this.#field(value);
    this.#headers(headers);
    this.#finishRecord(start);
  }

  /** Counted first, since their number comes before them; no array of their names is made for each record. */
  #headers(headers: ProducedMessage['headers']): void {
    let count = 0;
    for (const _ in headers) count += 1;
    this.#reserve(MAX_VARINT_BYTES);
    this.#varint(count);
    for (const name in headers) {
      this.#field(name);
      this.#field(headers[name] ?? null);
    }
  }

  /** The length comes before the record: where it takes more or fewer bytes, the record moves. */
  #finishRecord(start: number): void {
    const bodyAt = start + USUAL_LENGTH_BYTES;
    const length = this.at - bodyAt;
    const lengthBytes = varintBytes(length);
    if (lengthBytes !== USUAL_LENGTH_BYTES) {
      this.#reserve(MAX_VARINT_BYTES);
      this.#bytes.copyWithin(start + lengthBytes, bodyAt, this.at);
    }
    this.at = start;
    this.#varint(length);
    this.at += length;
  }

  /** With its length before it; -1 for null. */
  #field(value: string | Uint8Array | null): void {
    if (value === null) {
      this.#reserve(1);
      this.#varint(-1);
    } else if (typeof value !== 'string') {
      this.#reserve(MAX_VARINT_BYTES + value.length);
      this.#varint(value.length);
      this.#bytes.set(value, this.at);
      this.at += value.length;
    } else if (value.length >= SHORT || !this.#shortAscii(value)) {
      this.#reserve(MAX_VARINT_BYTES + value.length * MAX_UNIT_BYTES);
      this.#varint(Buffer.byteLength(value));
      this.at += this.#bytes.write(value, this.at);
    }
  }

  /** What nearly all headers are: cheaper than a call of `Buffer.write`. @returns whether it is written */
  #shortAscii(text: string): boolean {
    this.#reserve(1 + SHORT);
    const bytes = this.#bytes;
    const start = this.at + 1;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      bytes[start + index] = unit;
    }
    bytes[this.at] = text.length << 1;
    this.at = start + text.length;
    return true;
  }

  /** Zigzag, in groups of seven bits. There must be room. */
  #varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      this.#bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.at++] = rest;
  }

  #reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.at);
    this.#bytes = larger;
  }
}

/** Of a number that is not negative. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = (value << 1) >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}
