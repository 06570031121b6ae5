/** Record batches as brokers store them (Kafka `DefaultRecordBatch`), with what kafkajs cannot write. */

export interface BatchSpec {
  readonly baseOffset: number;
  /** Of the offsets that it spans, also where compaction has left less than that, or nothing. */
  readonly lastOffset: number;
  readonly records?: readonly { readonly offset: number; readonly value: string }[];
  readonly codec?: number;
  readonly producerId?: number;
  readonly isTransactional?: boolean;
  /** Makes it a control batch. */
  readonly marker?: 'commit' | 'abort';
}

const HEADER_BYTES = 61;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;
const MARKER_TYPES = { abort: 0, commit: 1 } as const;

export function recordBatchBytes(spec: BatchSpec): Buffer {
  const records = spec.marker ? [markerRecord(spec.marker)] : (spec.records ?? []).map(toRecord);
  const body = Buffer.concat(records);
  const header = Buffer.alloc(HEADER_BYTES);
  const isTransactional = spec.isTransactional ?? spec.marker !== undefined;
  const flags =
    (isTransactional ? TRANSACTIONAL_FLAG : 0) | (spec.marker === undefined ? 0 : CONTROL_FLAG);
  header.writeBigInt64BE(BigInt(spec.baseOffset), 0);
  header.writeInt32BE(HEADER_BYTES - 12 + body.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(flags | (spec.codec ?? 0), 21);
  header.writeInt32BE(spec.lastOffset - spec.baseOffset, 23);
  header.writeBigInt64BE(BigInt(spec.producerId ?? -1), 43);
  header.writeInt32BE(records.length, 57);
  return Buffer.concat([header, body]);

  function toRecord({ offset, value }: { offset: number; value: string }): Buffer {
    return record(offset - spec.baseOffset, Buffer.from('key'), Buffer.from(value));
  }
}

function markerRecord(marker: keyof typeof MARKER_TYPES): Buffer {
  const key = Buffer.from([0, 0, 0, MARKER_TYPES[marker]]);
  return record(0, key, Buffer.alloc(6));
}

/** Without headers, and at the time of its batch. */
function record(offsetDelta: number, key: Buffer, value: Buffer): Buffer {
  const fields = [[0, varint(0), varint(offsetDelta)], varint(key.length), [...key]].flat();
  const body = Buffer.from([...fields, varint(value.length), ...value, varint(0)].flat());
  return Buffer.concat([Buffer.from([varint(body.length)]), body]);
}

/** Of a number that takes one byte: 0 to 63. */
function varint(number: number): number {
  if (number > 63) throw new RangeError(`${number} takes more than one byte`);
  return number * 2;
}
