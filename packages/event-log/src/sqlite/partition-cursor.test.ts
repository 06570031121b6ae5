import { expect, test } from '@jest/globals';
import { numbered } from '../testing/contract-context.ts';
import { LogReader } from './log-reader.ts';
import { PartitionCursor } from './partition-cursor.ts';
import { withTestLogs } from './testing/test-log.ts';
import type { PartitionState } from './topic-catalog.ts';

const TOPIC = 'topic';

/** A partition as the main thread knows it, which may be less than what is stored already. */
function knownUpTo(endOffset: number): PartitionState {
  return { id: 1, topic: TOPIC, partition: 0, endOffset, onGrown: new Set() };
}

function grow(partition: PartitionState, endOffset: number): void {
  partition.endOffset = endOffset;
  for (const wake of partition.onGrown) wake();
}

test('reads on where it was when the store is ahead of what the writer has said', () =>
  withTestLogs(async ({ directory, open }) => {
    const log = await open();
    await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: false }]);
    await log.publish(numbered(TOPIC, 30));
    const reader = LogReader.open(directory);
    const partition = knownUpTo(10);
    const cursor = new PartitionCursor(partition, reader, 0);
    const read: number[] = [];
    for (const endOffset of [10, 11, 25, 30]) {
      grow(partition, endOffset);
      while (cursor.handedUpTo < endOffset) {
        const batch = await cursor.next(7);
        read.push(...(batch?.messages ?? []).map(({ offset }) => Number(offset)));
        expect(batch?.endOffset).toBe(BigInt(endOffset));
        cursor.advance();
      }
    }
    cursor.stop();
    reader.close();
    expect(read).toEqual(Array.from({ length: 30 }, (_, offset) => offset));
  }));

test('a position beyond the end leads to all there is', () =>
  withTestLogs(async ({ directory, open }) => {
    const log = await open();
    await log.ensureTopics([{ name: TOPIC, partitions: 1, compacted: false }]);
    await log.publish(numbered(TOPIC, 3));
    const reader = LogReader.open(directory);
    const cursor = new PartitionCursor(knownUpTo(3), reader, 1_000);
    const batch = await cursor.next(10);
    expect(batch?.messages.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    cursor.stop();
    reader.close();
  }));
