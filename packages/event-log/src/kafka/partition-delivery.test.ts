import { describe, expect, test } from '@jest/globals';
import type { LogBatch, LogMessage } from '../event-log.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { type FetchedMessages, PartitionDelivery } from './partition-delivery.ts';

const PLACE = { topic: 'topic', partition: 3 };

function messages(from: number, count: number): LogMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    ...PLACE,
    offset: BigInt(from + index),
    timestampMs: 1_000 + from + index,
    key: 'key',
    value: null,
    headers: {},
  }));
}

function fetched(from: number, count: number, hasLogTime = true): FetchedMessages {
  const nextOffset = BigInt(from + count);
  const ends = { nextOffset, endOffset: nextOffset, readableOffset: nextOffset };
  return { messages: messages(from, count), ...ends, hasLogTime };
}

interface Harness {
  readonly delivery: PartitionDelivery;
  readonly batches: LogBatch[];
  /** Settles the batch under way. */
  answer: PromiseWithResolvers<void>;
  rejections: number;
  rooms: number;
}

/** A delivery whose handler waits for the test, batch by batch. */
function createHarness(maxBatchMessages = 2): Harness {
  const batches: LogBatch[] = [];
  const harness: Harness = {
    batches,
    answer: Promise.withResolvers(),
    rejections: 0,
    rooms: 0,
    delivery: new PartitionDelivery(PLACE, {
      maxBatchMessages,
      redeliveryPauseMs: 0,
      onBatch: (batch) => {
        batches.push(batch);
        return harness.answer.promise;
      },
      onRejected: () => {
        harness.rejections += 1;
      },
      onRoom: () => {
        harness.rooms += 1;
      },
    }),
  };
  harness.delivery.seek(0n);
  return harness;
}

/** Answers the batch under way, and waits for the next one. */
async function next(harness: Harness, settle: 'resolve' | 'reject' = 'resolve'): Promise<void> {
  const seen = harness.batches.length;
  const { answer } = harness;
  harness.answer = Promise.withResolvers();
  if (settle === 'resolve') answer.resolve();
  else answer.reject(new Error('the store is away'));
  await waitUntil(() => harness.batches.length > seen);
}

async function end(harness: Harness): Promise<void> {
  harness.delivery.stop();
  harness.answer.resolve();
  await harness.delivery.ended;
}

function offsetsOf(batch: LogBatch | undefined): number[] {
  return batch?.messages.map(({ offset }) => Number(offset)) ?? [];
}

describe('PartitionDelivery', () => {
  test('hands out what was fetched in batches, one at a time', async () => {
    const harness = createHarness();
    const { batches, delivery } = harness;
    delivery.accept(fetched(0, 3));
    await waitUntil(() => batches.length === 1);
    expect(offsetsOf(batches[0])).toEqual([0, 1]);
    expect(batches[0]?.endOffset).toBe(3n);
    expect(delivery.handedUpTo).toBe(2n);
    expect(delivery.fetchedUpTo).toBe(3n);
    await next(harness);
    expect(offsetsOf(batches[1])).toEqual([2]);
    await end(harness);
  });

  test('is full until its handler has made room, and says so', async () => {
    const harness = createHarness();
    const { batches, delivery } = harness;
    expect(delivery.isFull).toBe(false);
    delivery.accept(fetched(0, 3));
    expect(delivery.isFull).toBe(true);
    await waitUntil(() => batches.length === 1);
    expect(harness.rooms).toBe(0);
    await next(harness);
    expect(delivery.isFull).toBe(false);
    expect(harness.rooms).toBe(1);
    await end(harness);
  });

  test('is full of a few large messages', async () => {
    const harness = createHarness(1_000);
    const { batches, delivery } = harness;
    const value = Buffer.alloc(1_500_000);
    const large = (from: number, count: number): FetchedMessages => {
      const { messages: plain, ...reach } = fetched(from, count);
      return { ...reach, messages: plain.map((message) => ({ ...message, value })) };
    };
    delivery.accept(large(0, 2));
    expect(delivery.isFull).toBe(false);
    delivery.accept(large(2, 1));
    expect(delivery.isFull).toBe(true);
    await waitUntil(() => batches.length === 1);
    delivery.accept(large(3, 1));
    await next(harness);
    expect(delivery.isFull).toBe(false);
    expect(harness.rooms).toBe(1);
    delivery.accept(large(4, 2));
    expect(delivery.isFull).toBe(true);
    delivery.seek(0n);
    expect(delivery.isFull).toBe(false);
    await end(harness);
  });

  test('hands a rejected batch out again, and counts it as not handed out meanwhile', async () => {
    const harness = createHarness();
    const { batches, delivery } = harness;
    delivery.accept(fetched(0, 3));
    await waitUntil(() => batches.length === 1);
    await next(harness, 'reject');
    expect(harness.rejections).toBe(1);
    expect(batches.map(offsetsOf)).toEqual([
      [0, 1],
      [0, 1],
    ]);
    await end(harness);
  });

  test('goes on elsewhere after a seek, whatever is under way', async () => {
    const harness = createHarness();
    const { batches, delivery } = harness;
    delivery.accept(fetched(0, 3));
    await waitUntil(() => batches.length === 1);
    delivery.seek(7n);
    expect(delivery.fetchedUpTo).toBe(7n);
    delivery.accept(fetched(7, 1));
    await next(harness);
    expect(offsetsOf(batches[1])).toEqual([7]);
    await end(harness);
  });

  test('is silent while it is paused', async () => {
    const harness = createHarness();
    const { batches, delivery } = harness;
    delivery.pause();
    delivery.accept(fetched(0, 1));
    // A second delivery shows that there was time.
    const witness = createHarness();
    witness.delivery.accept(fetched(0, 1));
    await waitUntil(() => witness.batches.length === 1);
    expect(batches).toEqual([]);
    delivery.resume();
    await waitUntil(() => batches.length === 1);
    await Promise.all([end(harness), end(witness)]);
  });

  test('hands out how far it read where there is no message, with the batch before it if there is one', async () => {
    const harness = createHarness();
    const { batches, delivery } = harness;
    // Two messages and a marker of a transaction; then markers alone.
    delivery.accept({ ...fetched(0, 2), nextOffset: 3n, endOffset: 3n, readableOffset: 3n });
    await waitUntil(() => batches.length === 1);
    expect(batches[0]).toMatchObject({ fromOffset: 0n, nextOffset: 3n });
    delivery.accept({ ...fetched(3, 0), nextOffset: 5n, endOffset: 5n, readableOffset: 5n });
    await next(harness);
    expect(batches[1]).toMatchObject({ messages: [], fromOffset: 3n, nextOffset: 5n });
    expect(delivery.handedUpTo).toBe(5n);
    delivery.accept(fetched(5, 0));
    delivery.accept(fetched(5, 1));
    await next(harness);
    expect(batches[2]).toMatchObject({ fromOffset: 5n, nextOffset: 6n });
    expect(delivery.lastRead?.nextOffset).toBe(6n);
    await end(harness);
  });

  test('says once that reading ends at a transaction that is still open', async () => {
    const harness = createHarness();
    const { batches, delivery } = harness;
    const halted = { ...fetched(0, 0), nextOffset: 0n, endOffset: 4n, readableOffset: 0n };
    for (const _ of [1, 2]) delivery.accept(halted);
    await waitUntil(() => batches.length === 1);
    const told = {
      messages: [],
      fromOffset: 0n,
      nextOffset: 0n,
      readableOffset: 0n,
      endOffset: 4n,
    };
    expect(batches[0]).toMatchObject(told);
    delivery.accept(halted);
    delivery.accept({ ...fetched(0, 0), nextOffset: 4n, endOffset: 4n, readableOffset: 4n });
    await next(harness);
    expect(batches[1]).toMatchObject({ fromOffset: 0n, nextOffset: 4n, readableOffset: 4n });
    await end(harness);
  });

  test('ends after the batch under way, and takes no more', async () => {
    const harness = createHarness();
    const { batches, delivery } = harness;
    delivery.accept(fetched(0, 3));
    await waitUntil(() => batches.length === 1);
    delivery.stop();
    delivery.accept(fetched(3, 3));
    harness.answer.resolve();
    await delivery.ended;
    expect(batches).toHaveLength(1);
  });

  test('knows messages of another life of the topic, and landmarks of this one', async () => {
    const harness = createHarness();
    const { delivery } = harness;
    delivery.accept(fetched(0, 2));
    delivery.accept(fetched(2, 2));
    expect(delivery.isBefore(3n)).toBe(true);
    expect(delivery.isBefore(4n)).toBe(false);
    expect(delivery.landmark).toEqual({ nextOffset: 2n, timestampMs: 1_001 });
    expect(delivery.lastRead).toEqual({ nextOffset: 4n, timestampMs: 1_003 });
    delivery.accept(fetched(4, 1, false));
    expect(delivery.lastRead).toBeNull();
    await end(harness);
  });
});
