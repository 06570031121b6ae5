import { afterEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Message } from 'kafkajs';
import kafkajsCrc from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import produce, { type ProduceOptions } from 'kafkajs/src/protocol/requests/produce/index.js';
import encodeByKafkajs from 'kafkajs/src/protocol/requests/produce/v3/request.js';
import { crc32c } from './crc32c.ts';
import { encodeProduce, type ProducedMessage } from './produce-encoder.ts';
import { produceStraight, type WholeBatch } from './straight-produce.ts';

const NOW_MS = Date.UTC(2026, 10, 29, 12);

afterEach(() => {
  jest.restoreAllMocks();
});

const text = fc.oneof(
  fc.string({ maxLength: 100 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  // Around the lengths at which a length takes one more byte.
  fc
    .constantFrom(31, 32, 63, 64, 65, 4_000, 8_100, 8_191, 8_192, 20_000)
    .map((length) => 'x'.repeat(length)),
);
const message: fc.Arbitrary<ProducedMessage & Message> = fc.record(
  {
    key: fc.option(text),
    value: fc.option(
      fc.oneof(
        text,
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      ),
    ),
    headers: fc.dictionary(text, text, { maxKeys: 9, noNullPrototype: true }),
  },
  { requiredKeys: ['key', 'value'] },
);
const topicData = fc.array(
  fc.record({
    topic: text.filter((name) => name.length < 200),
    partitions: fc.array(
      fc.record({
        partition: fc.nat(),
        messages: fc.array(message, { minLength: 1, maxLength: 200 }),
      }),
      { maxLength: 3 },
    ),
  }),
  { maxLength: 3 },
);

test('the bytes are those of kafkajs, whatever the messages', async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW_MS);
  await fc.assert(
    fc.asyncProperty(topicData, fc.integer({ min: -1, max: 1 }), async (topics, acks) => {
      const payload = { acks, timeout: 1_000, topicData: topics };
      const expected = await encodeByKafkajs(payload).encode();
      expect(encodeProduce(payload, NOW_MS).equals(expected.buffer)).toBe(true);
    }),
  );
});

test('check sums are those of the standard, and of any part of the bytes', () => {
  // RFC 3720, appendix B.4, and the usual check value.
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (bytes, a, b) => {
      const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
      expect(crc32c(bytes, start, end)).toBe(kafkajsCrc(Buffer.from(bytes.subarray(start, end))));
    }),
  );
});

const MESSAGE = { key: 'k', value: 'v' };
const batch: WholeBatch = {
  key: null,
  value: null,
  messages: [MESSAGE, MESSAGE],
  partition: 0,
  partitionCount: 1,
};
const ours = optionsOf(batch);

test.each<[string, ProduceOptions, boolean]>([
  ['as Hookpulse sends it', ours, true],
  ['of others', optionsOf(MESSAGE), false],
  ['with compression', { ...ours, compression: 1 }, false],
  ['in a transaction', { ...ours, transactionalId: 'id' }, false],
  ['with a sequence', { ...ours, producerId: { toString: () => '7' } }, false],
])('a request %s is encoded here or by kafkajs', (_, options, isEncodedHere) => {
  produceStraight();
  // kafkajs's own is a method of that name; this one is what `produceStraight` puts in its place.
  const { encode } = produce.protocol({ version: 7 })(options).request;
  expect(String(encode).includes('encodeProduce')).toBe(isEncodedHere);
});

test('a request that kafkajs takes for one message has all of them', async () => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW_MS);
  produceStraight();
  const { buffer } = await produce.protocol({ version: 7 })(ours).request.encode();
  const each = { ...ours, topicData: topicDataOf(MESSAGE, MESSAGE) };
  const expected = await encodeByKafkajs(each).encode();
  expect(buffer.equals(expected.buffer)).toBe(true);
});

test('a broker that takes no record batches is refused, and not sent one empty message', () => {
  produceStraight();
  expect(() => produce.protocol({ version: 2 })(ours)).toThrow('Kafka 0.11 or later is needed');
});

function optionsOf(message: Message): ProduceOptions {
  return { acks: -1, timeout: 1, topicData: topicDataOf(message) };
}

function topicDataOf(...messages: Message[]): ProduceOptions['topicData'] {
  return [{ topic: 't', partitions: [{ partition: 0, messages }] }];
}
