import type { EventType } from '@hookpulse/common/events/webhook-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { ProcessingTimeouts } from './domain/processing-timeouts.ts';
import { type JudgedPartition, OverdueFinder } from './overdue-finder.ts';

const TIMEOUT_MS = 30_000;
/** Of log time: what was received at 0 is overdue then. */
const OVERDUE_MS = TIMEOUT_MS + 2_000;

/** A partition with a log of its own, read as far as the test says. */
class Partition implements JudgedPartition {
  readonly partition = 3;
  readonly timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
  readUpTo = 0n;
  endOffset = 0n;
  clockMs = 0;
  isLogAway = false;

  logTimeMs() {
    return this.readUpTo === 0n ? null : this.clockMs;
  }

  read(type: EventType, updateId: number): void {
    this.timeouts.observe(sampleEvent({ event_type: type, update_id: updateId }), this.clockMs);
    this.readUpTo += 1n;
    if (this.endOffset < this.readUpTo) this.endOffset = this.readUpTo;
  }
}

function createFinder(partition: Partition) {
  let questions = 0;
  const finder = new OverdueFinder({
    ranges: async () => {
      questions += 1;
      if (partition.isLogAway) throw new LogUnavailableError('away');
      const { endOffset } = partition;
      return [{ topic: EVENTS_TOPIC, partition: 3, startOffset: 0n, endOffset }];
    },
  });
  const find = async () => (await finder.find([partition])).map(({ updateId }) => updateId);
  return { find, questions: () => questions };
}

test('where all was read, an update is overdue at once; the log is asked only then', async () => {
  const partition = new Partition();
  const { find, questions } = createFinder(partition);
  expect(await find()).toEqual([]);
  partition.read('received', 1);
  partition.clockMs = OVERDUE_MS - 1;
  expect(await find()).toEqual([]);
  expect(questions()).toBe(0);
  partition.clockMs = OVERDUE_MS;
  expect(await find()).toEqual([1]);
});

test('a report that stands on the log unread is waited for, however long that takes', async () => {
  const partition = new Partition();
  const { find } = createFinder(partition);
  partition.read('received', 1);
  partition.read('received', 2);
  partition.endOffset += 1n;
  partition.clockMs = 10 * OVERDUE_MS;
  expect(await find()).toEqual([]);
  expect(await find()).toEqual([]);
  partition.read('processed', 1);
  expect(await find()).toEqual([2]);
});

test('where something is always unread, an update is overdue once the end of before was read', async () => {
  const partition = new Partition();
  const { find } = createFinder(partition);
  partition.read('received', 1);
  partition.clockMs = OVERDUE_MS;
  partition.endOffset = 5n;
  expect(await find()).toEqual([]);
  for (let n = 10; n < 14; n += 1) partition.read('retry', n);
  partition.endOffset = 9n;
  expect(await find()).toEqual([1]);
});

test('what became overdue after the end was asked for is judged by an end of its own', async () => {
  const partition = new Partition();
  const { find } = createFinder(partition);
  partition.read('received', 1);
  partition.clockMs = 1_000;
  partition.read('received', 2);
  partition.clockMs = OVERDUE_MS;
  partition.endOffset = 3n;
  expect(await find()).toEqual([]);
  partition.clockMs = OVERDUE_MS + 1_000;
  partition.read('retry', 9);
  // The report of the second update has come meanwhile, and is not read.
  partition.endOffset = 4n;
  expect(await find()).toEqual([1]);
  expect(await find()).toEqual([]);
  partition.read('processed', 2);
  expect(await find()).toEqual([1]);
});

test('while the log does not say where it ends, nothing is overdue', async () => {
  const partition = new Partition();
  const { find } = createFinder(partition);
  partition.read('received', 1);
  partition.clockMs = OVERDUE_MS;
  partition.isLogAway = true;
  await expect(find()).rejects.toThrow('away');
  partition.isLogAway = false;
  expect(await find()).toEqual([1]);
});
