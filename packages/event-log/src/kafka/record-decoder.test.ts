import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import encodeRecord from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import decodeByKafkajs from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
import { RecordBatch } from 'kafkajs/src/protocol/recordBatch/v0/index.js';
import { registerCodecs } from './compression.ts';
import { toLogMessage } from './kafka-messages.ts';
import { readRecordBatches } from './record-batches.ts';
import { decodeRecords } from './record-decoder.ts';

const PLACE = { topic: 'topic', partition: 3 };
const CONTEXT = { ...PLACE, baseOffset: 0n, times: { areOfLog: true, ms: 7 } };

const text = fc.oneof(
  fc.string({ maxLength: 100 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  // Around the lengths at which a length takes one more byte.
  fc.constantFrom(63, 64, 8_191, 8_192).map((length) => 'x'.repeat(length)),
);
const bytes = fc.oneof(
  text.map((one) => Buffer.from(one)),
  fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
);
/** Few, so that they are repeated from record to record. */
const headerText = fc.oneof(fc.constantFrom('', 'a', 'b', 'schema', 'ce_id'), text);
const record = fc.record({
  offsetDelta: fc.nat(),
  timestampDelta: fc.oneof(fc.nat(), fc.maxSafeInteger()),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(headerText, fc.oneof(headerText, fc.array(headerText)), { maxKeys: 9 }),
});
const batch = fc.record({
  records: fc.array(record, { maxLength: 20 }),
  firstOffset: fc.bigInt({ min: 0n, max: 2n ** 40n }).map(String),
  firstTimestamp: fc.nat(),
  maxTimestamp: fc.nat(),
  compression: fc.constantFrom(
    kafkajs.CompressionTypes.None,
    kafkajs.CompressionTypes.GZIP,
    kafkajs.CompressionTypes.ZSTD,
  ),
});

describe('records of a batch', () => {
  test('are those that kafkajs reads, whatever they hold', async () => {
    registerCodecs();
    await fc.assert(
      fc.asyncProperty(batch, async ({ records, ...header }) => {
        const encoded = await RecordBatch({ ...header, records: records.map(encodeRecord) });
        const { messages } = await readRecordBatches(encoded.buffer, [], PLACE);
        const expected = await decodeByKafkajs(new Decoder(encoded.buffer));
        const plain = messages.map((message) => ({ ...message, headers: message.headers }));
        expect(plain).toEqual(expected.records.map((one) => toLogMessage(one, PLACE)));
      }),
    );
  });

  test('have the time of the log where that is the topic’s', () => {
    const [one] = [encodeRecord({ timestampDelta: 90, key: null, value: null }).buffer];
    expect(decodeRecords(one, 1, CONTEXT)).toMatchObject([{ timestampMs: 7 }]);
    const times = { areOfLog: false, ms: 7 };
    expect(decodeRecords(one, 1, { ...CONTEXT, times })).toMatchObject([{ timestampMs: 97 }]);
  });

  test('are refused when they are cut off anywhere, or are fewer than they should be', () => {
    const { buffer } = encodeRecord({
      key: Buffer.from('key'),
      value: Buffer.from('value'),
      headers: { name: 'text' },
    });
    for (let length = 0; length < buffer.length; length += 1) {
      expect(() => decodeRecords(buffer.subarray(0, length), 1, CONTEXT)).toThrow('cut off');
    }
    expect(() => decodeRecords(buffer, 2, CONTEXT)).toThrow('cut off');
  });

  test('are refused when they do not end where they say', () => {
    const { buffer } = encodeRecord({ key: Buffer.from('key'), value: null });
    const longer = Buffer.concat([buffer, Buffer.alloc(1)]);
    longer.writeUInt8(buffer.readUInt8(0) + 2, 0);
    expect(() => decodeRecords(longer, 1, CONTEXT)).toThrow('does not end where it says');
  });

  test('may have headers without a value, which are left out', () => {
    const body = Buffer.from([0, 0, 0, 1, 1, 4, 2, 'a'.charCodeAt(0), 1, 2, 'b'.charCodeAt(0), 0]);
    const whole = Buffer.concat([Buffer.from([body.length * 2]), body]);
    expect(decodeRecords(whole, 1, CONTEXT)).toMatchObject([{ headers: { b: '' } }]);
  });
});
