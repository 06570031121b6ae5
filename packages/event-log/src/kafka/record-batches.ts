/**
 * The records of a partition as a fetch brings them, read as Kafka's own consumer does (its
 * `CompletedFetch`): committed messages alone, and how far all that came with them reaches.
 */
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeMessageSet from 'kafkajs/src/protocol/messageSet/decoder.js';
import type { LogMessage, TopicPartition } from '../event-log.ts';
import { codecName, decompress } from './compression.ts';
import { toLogMessage } from './kafka-messages.ts';
import { decodeRecords, firstKey, type RecordTimes } from './record-decoder.ts';

/** A transaction that was given up. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/** A batch that cannot be read, whoever tries again. */
export interface UnreadableBatch {
  readonly offset: bigint;
  /** As Kafka names it; `none` when it is not compressed. */
  readonly codec: string;
  readonly reason: string;
}

export interface FetchedRecords {
  /** Without markers of transactions, and without messages of those that were given up. */
  readonly messages: readonly LogMessage[];
  /** Whether the times of all messages are those of the log. */
  readonly hasLogTime: boolean;
  /** The first offset behind the batches that were read; null: not one was whole. */
  readonly nextOffset: bigint | null;
  /** Stands in the way of all that comes after it. */
  readonly unreadable: UnreadableBatch | null;
}

/** Where the fields of a batch's header are, bytes (Kafka `DefaultRecordBatch`). */
const BASE_OFFSET_AT = 0;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const RECORD_COUNT_AT = 57;
const HEADER_BYTES = 61;
/** The length counts from here. */
const COUNTED_FROM = 12;
/** Older ones are message sets, which know no transactions. */
const RECORD_BATCH_MAGIC = 2;

const CODEC_MASK = 0x07;
/** `LogAppendTime`. */
const LOG_TIME_FLAG = 0x08;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;
/** Of the key of a control record; the other type is a commit. */
const ABORT_MARKER = 0;
const MARKER_TYPE_AT = 2;

/** @param aborted - those that reach into these bytes */
export async function readRecordBatches(
  bytes: Buffer,
  aborted: readonly AbortedTransaction[],
  place: TopicPartition,
): Promise<FetchedRecords> {
  const hasMagic = bytes.length > MAGIC_AT;
  if (hasMagic && bytes[MAGIC_AT] !== RECORD_BATCH_MAGIC) return readMessageSet(bytes, place);
  const messages: LogMessage[] = [];
  const transactions = new AbortedTransactions(aborted);
  let nextOffset: bigint | null = null;
  let hasLogTime = true;
  for (const batch of wholeBatches(bytes)) {
    transactions.reach(batch.lastOffset);
    try {
      if (batch.isControl) {
        if (batch.count > 0) transactions.end(batch, firstKey(await recordBytes(batch)));
      } else if (batch.count > 0 && !transactions.hasAborted(batch)) {
        const context = { ...place, baseOffset: batch.baseOffset, times: batch.times };
        const records = decodeRecords(await recordBytes(batch), batch.count, context);
        for (const record of records) messages.push(record);
        hasLogTime &&= batch.times.areOfLog;
      }
    } catch (error) {
      return { messages, hasLogTime, nextOffset, unreadable: unreadable(batch, error) };
    }
    nextOffset = batch.lastOffset + 1n;
  }
  return { messages, hasLogTime, nextOffset, unreadable: null };
}

interface BatchHeader {
  readonly bytes: Buffer;
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly times: RecordTimes;
  /** Of its records. */
  readonly count: number;
  readonly codec: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly producerId: string;
}

/** The last batch of a fetch is often cut off. */
function* wholeBatches(bytes: Buffer): Generator<BatchHeader> {
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const end = at + COUNTED_FROM + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) return;
    const batch = bytes.subarray(at, end);
    const attributes = batch.readInt16BE(ATTRIBUTES_AT);
    const baseOffset = batch.readBigInt64BE(BASE_OFFSET_AT);
    const areOfLog = (attributes & LOG_TIME_FLAG) !== 0;
    const timestampAt = areOfLog ? MAX_TIMESTAMP_AT : FIRST_TIMESTAMP_AT;
    yield {
      bytes: batch,
      baseOffset,
      lastOffset: baseOffset + BigInt(batch.readInt32BE(LAST_OFFSET_DELTA_AT)),
      times: { areOfLog, ms: Number(batch.readBigInt64BE(timestampAt)) },
      count: batch.readInt32BE(RECORD_COUNT_AT),
      codec: attributes & CODEC_MASK,
      isTransactional: (attributes & TRANSACTIONAL_FLAG) !== 0,
      isControl: (attributes & CONTROL_FLAG) !== 0,
      producerId: String(batch.readBigInt64BE(PRODUCER_ID_AT)),
    };
    at = end;
  }
}

async function recordBytes({ bytes, codec }: BatchHeader): Promise<Buffer> {
  return decompress(codec, bytes.subarray(HEADER_BYTES));
}

function unreadable({ baseOffset, codec }: BatchHeader, error: unknown): UnreadableBatch {
  return {
    offset: baseOffset,
    codec: codecName(codec) ?? `number ${codec}`,
    reason: error instanceof Error ? error.message : String(error),
  };
}

/** Which producers' messages do not count just here. */
class AbortedTransactions {
  /** By their first offset. */
  readonly #ahead: AbortedTransaction[];
  readonly #producers = new Set<string>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#ahead = aborted.toSorted((a, b) =>
      BigInt(a.firstOffset) < BigInt(b.firstOffset) ? -1 : 1,
    );
  }

  reach(lastOffset: bigint): void {
    for (;;) {
      const [next] = this.#ahead;
      if (!next || BigInt(next.firstOffset) > lastOffset) return;
      this.#producers.add(next.producerId);
      this.#ahead.shift();
    }
  }

  hasAborted({ isTransactional, producerId }: BatchHeader): boolean {
    return isTransactional && this.#producers.has(producerId);
  }

  /** @param key - of the marker that the control batch holds */
  end({ producerId }: BatchHeader, key: Buffer | null): void {
    if (key && key.readInt16BE(MARKER_TYPE_AT) === ABORT_MARKER) this.#producers.delete(producerId);
  }
}

async function readMessageSet(bytes: Buffer, place: TopicPartition): Promise<FetchedRecords> {
  const found = await decodeMessageSet(new Decoder(bytes), bytes.length);
  const messages = found.map((message) => toLogMessage(message, place));
  const last = messages.at(-1);
  return {
    messages,
    hasLogTime: false,
    nextOffset: last ? last.offset + 1n : null,
    unreadable: null,
  };
}
