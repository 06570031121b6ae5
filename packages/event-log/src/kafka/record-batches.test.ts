import { describe, expect, test } from '@jest/globals';
import { type AbortedTransaction, readRecordBatches } from './record-batches.ts';
import { type BatchSpec, recordBatchBytes } from './testing/record-batch-bytes.ts';

const GZIP = 1;
const UNHEARD_OF = 7;
const PLACE = { topic: 'topic', partition: 3 };

async function read(specs: readonly BatchSpec[], aborted: readonly AbortedTransaction[] = []) {
  const bytes = Buffer.concat(specs.map(recordBatchBytes));
  const { messages, hasLogTime: _, ...rest } = await readRecordBatches(bytes, aborted, PLACE);
  return { ...rest, messages: messages.map(({ offset, value }) => `${offset} ${value}`) };
}

/** A batch of one message. */
function single(offset: number, given: Partial<BatchSpec> = {}): BatchSpec {
  const records = [{ offset, value: `${offset}` }];
  return { baseOffset: offset, lastOffset: offset, records, ...given };
}

describe('what a fetch brings', () => {
  test('reaches behind markers of transactions, which are no messages', async () => {
    const producer = { producerId: 7, isTransactional: true };
    const found = await read([
      single(3, producer),
      { baseOffset: 4, lastOffset: 4, producerId: 7, marker: 'commit' },
    ]);
    expect(found).toEqual({ messages: ['3 3'], nextOffset: 5n, unreadable: null });
  });

  test('reaches behind what compaction left of a batch, also when that is nothing', async () => {
    const records = [{ offset: 12, value: 'kept' }];
    expect(await read([{ baseOffset: 10, lastOffset: 19, records }])).toMatchObject({
      messages: ['12 kept'],
      nextOffset: 20n,
    });
    expect(await read([{ baseOffset: 20, lastOffset: 24 }])).toMatchObject({
      messages: [],
      nextOffset: 25n,
    });
    // There is nothing to decompress.
    for (const codec of [GZIP, UNHEARD_OF]) {
      const empty = await read([{ baseOffset: 20, lastOffset: 24, codec }, single(25)]);
      expect(empty).toEqual({ messages: ['25 25'], nextOffset: 26n, unreadable: null });
    }
  });

  test('leaves out transactions that were given up, also two at once, and no other', async () => {
    const given = (producerId: number) => ({ producerId, isTransactional: true });
    const specs: BatchSpec[] = [
      // Both began before what was fetched.
      single(10, given(2)),
      single(11, given(1)),
      single(12),
      single(13, given(3)),
      { baseOffset: 14, lastOffset: 14, producerId: 2, marker: 'abort' },
      single(15, given(2)),
      { baseOffset: 16, lastOffset: 16, producerId: 1, marker: 'abort' },
      { baseOffset: 17, lastOffset: 17, producerId: 2, marker: 'commit' },
    ];
    const found = await read(specs, [
      { producerId: '2', firstOffset: '6' },
      { producerId: '1', firstOffset: '5' },
    ]);
    expect(found).toMatchObject({ messages: ['12 12', '13 13', '15 15'], nextOffset: 18n });
  });

  test('ends before a batch that is cut off', async () => {
    const bytes = Buffer.concat([single(0), single(1)].map(recordBatchBytes));
    const cut = await readRecordBatches(bytes.subarray(0, -1), [], PLACE);
    expect(cut).toMatchObject({ nextOffset: 1n, unreadable: null });
    for (const length of [0, 1, 16, 17, 61]) {
      const { nextOffset } = await readRecordBatches(bytes.subarray(0, length), [], PLACE);
      expect(nextOffset).toBeNull();
    }
  });

  test.each([
    ['that it cannot decompress', GZIP, 'gzip'],
    ['of a codec that it does not know', UNHEARD_OF, 'number 7'],
  ])('ends before a batch %s, and says so', async (_, codec, name) => {
    const found = await read([single(0), single(1, { codec }), single(2)]);
    expect(found).toMatchObject({ messages: ['0 0'], nextOffset: 1n });
    expect(found.unreadable).toEqual({ offset: 1n, codec: name, reason: expect.any(String) });
  });
});
