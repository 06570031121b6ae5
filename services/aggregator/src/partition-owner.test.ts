/** Exactness: however a partition is split, replayed or handed over, every event counts once. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import type { Counters } from '@hookpulse/common/windows/counters';
import { SLICE_MS, SLICES_KEPT_MS, type Window } from '@hookpulse/common/windows/window';
import {
  type LogMessage,
  LogUnavailableError,
  type OutgoingMessage,
} from '@hookpulse/event-log/event-log';
import { logBatch } from '@hookpulse/event-log/testing/log-batch';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { WindowKey } from './domain/open-windows.ts';
import { ProcessingTimeouts } from './domain/processing-timeouts.ts';
import { aggregatorMetrics } from './metrics.ts';
import { PartitionOwner } from './partition-owner.ts';
import { resumePartitions } from './resume.ts';
import { MemoryAggregateStore } from './store/testing/memory-aggregate-store.ts';
import {
  arbitraryMessages,
  BOTS,
  LOG_START_MS,
  plainMessages,
  trueCounters,
} from './testing/arbitrary-log.ts';

const logger = silentLogger;
const PARTITION = 0;
const PLACE = { topic: EVENTS_TOPIC, partition: PARTITION };
/** Shortly after the log began, so that all slices are still in use, and no record is far ahead. */
const clock = { now: () => LOG_START_MS + 5 * 60_000 };
const steadyClock = { nowMs: 0, now: () => steadyClock.nowMs };

/** One partition of the log, as the aggregator sees it. */
function logOf(messages: readonly LogMessage[], endOffset: bigint) {
  const deadLetters: OutgoingMessage[] = [];
  return {
    deadLetters,
    endOffset,
    ranges: async () => [{ topic: EVENTS_TOPIC, partition: PARTITION, startOffset: 0n, endOffset }],
    offsetsAt: async (_topic: string, timestampMs: number) => {
      const first = messages.find((message) => message.timestampMs >= timestampMs);
      return [{ topic: EVENTS_TOPIC, partition: PARTITION, offset: first?.offset ?? endOffset }];
    },
    publish: async (letters: readonly OutgoingMessage[]) => {
      deadLetters.push(...letters);
    },
  };
}

/**
 * Takes the partition over, as `run` does after an assignment.
 * @param endOffset - of the log, where offsets without messages stand behind the last one
 */
async function takeOver(
  messages: readonly LogMessage[],
  store: MemoryAggregateStore,
  endOffset = (messages.at(-1)?.offset ?? -1n) + 1n,
) {
  const log = logOf(messages, endOffset);
  const metrics = aggregatorMetrics();
  const deps = {
    log,
    store,
    logger,
    clock,
    steadyClock,
    metrics,
    processingTimeoutMs: 30_000,
  };
  const [resumed] = await resumePartitions([PARTITION], clock.now(), deps);
  if (!resumed) throw new Error('not resumed');
  const owner = new PartitionOwner(resumed.fold, new ProcessingTimeouts(30_000, []), deps);
  return { owner, log, unread: messages.filter(({ offset }) => offset >= resumed.readFrom) };
}

type Taken = Awaited<ReturnType<typeof takeOver>>;

/** Folds the next messages of what this owner has not read yet. */
async function readOn(taken: Taken, count: number): Promise<void> {
  const messages = taken.unread.splice(0, count);
  if (messages.length === 0) return;
  const batch = logBatch(PLACE, messages, { endOffset: taken.log.endOffset });
  expect(taken.owner.compare(batch)).toBe('same');
  await taken.owner.foldBatch(batch);
}

/** Stores what changed; with fewer than four steps the process is killed in the middle of it. */
function flush(taken: Taken, store: MemoryAggregateStore, steps = 4): void {
  const changes = taken.owner.fold.takeChanges();
  if (changes) store.saveUntil([changes], steps);
  if (steps === 4) taken.owner.fold.forgetCold();
}

function expectTruth(store: MemoryAggregateStore, messages: readonly LogMessage[]): void {
  for (const bot of BOTS) {
    expect(countersOf(store.hoursOf(bot))).toEqual(trueCounters(messages, bot, HOUR_MS));
    const slices = [...trueCounters(messages, bot, SLICE_MS)];
    const used = slices.filter(([start]) => start > clock.now() - SLICES_KEPT_MS);
    const stored = [...countersOf(store.slicesOf(bot))];
    const inUse = stored.filter(([start]) => start > clock.now() - SLICES_KEPT_MS);
    expect(new Map(inUse)).toEqual(new Map(used));
  }
  const ids = new Set(messages.map((message) => idOf(message)));
  expect(new Set([...store.events.values()].map(({ event }) => event.event_id))).toEqual(ids);
}

function countersOf(windows: Map<number, Window>): Map<number, Counters> {
  return new Map([...windows].map(([start, window]) => [start, window.counters]));
}

function idOf(message: LogMessage): string {
  return (JSON.parse(Buffer.from(message.value ?? []).toString()) as { event_id: string }).event_id;
}

const batchSizes = fc.infiniteStream(fc.integer({ min: 1, max: 15 }));

test('any split into batches and flushes gives the true counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryMessages,
      batchSizes,
      fc.infiniteStream(fc.boolean()),
      async (messages, sizes, flushes) => {
        const store = new MemoryAggregateStore();
        const taken = await takeOver(messages, store);
        while (taken.unread.length > 0) {
          await readOn(taken, sizes.next().value);
          if (flushes.next().value) flush(taken, store);
        }
        flush(taken, store);
        expectTruth(store, messages);
      },
    ),
  );
});

test('any crash in the middle of storing, at any time, gives the true counts', async () => {
  const crashes = fc.array(
    fc.record({
      batches: fc.nat(3),
      size: fc.integer({ min: 1, max: 10 }),
      flushesBefore: fc.boolean(),
      stepsOfLastSave: fc.nat(3),
    }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(arbitraryMessages, crashes, async (messages, plan) => {
      const store = new MemoryAggregateStore();
      for (const crash of plan) {
        const taken = await takeOver(messages, store);
        for (let n = 0; n < crash.batches; n += 1) {
          await readOn(taken, crash.size);
          if (crash.flushesBefore) flush(taken, store);
        }
        await readOn(taken, crash.size);
        flush(taken, store, crash.stepsOfLastSave);
      }
      const last = await takeOver(messages, store);
      await readOn(last, messages.length);
      flush(last, store);
      expectTruth(store, messages);
    }),
  );
});

test.each([
  ['in the year 2100', Date.parse('2100-01-01T00:00:00Z')],
  ['beyond all times', Number.MAX_SAFE_INTEGER],
])('records dated %s change nothing, also when a crash follows', async (_, wrongMs) => {
  const cases = fc.tuple(arbitraryMessages, fc.infiniteStream(fc.boolean()), batchSizes);
  await fc.assert(
    fc.asyncProperty(cases, async ([messages, areWrong, sizes]) => {
      const dated = messages.map((message) =>
        areWrong.next().value ? { ...message, timestampMs: wrongMs } : message,
      );
      const store = new MemoryAggregateStore();
      for (const _again of [1, 2, 3]) {
        const taken = await takeOver(dated, store);
        await readOn(taken, sizes.next().value);
        flush(taken, store);
      }
      const last = await takeOver(dated, store);
      await readOn(last, dated.length);
      flush(last, store);
      expectTruth(store, dated);
    }),
  );
});

test('records dated 1970, or not at all, change nothing', async () => {
  const wrongTimes = fc.infiniteStream(fc.constantFrom(0, -1, null));
  await fc.assert(
    fc.asyncProperty(arbitraryMessages, wrongTimes, async (messages, times) => {
      const dated = messages.map((message, index) => ({
        ...message,
        timestampMs: (index === 0 ? null : times.next().value) ?? message.timestampMs,
      }));
      const store = new MemoryAggregateStore();
      const taken = await takeOver(dated, store);
      while (taken.unread.length > 0) {
        await readOn(taken, 10);
        flush(taken, store);
      }
      expectTruth(store, dated);
    }),
  );
});

test('late events ask the store for each of their windows once, not for each batch', async () => {
  const store = new MemoryAggregateStore();
  const asked: WindowKey[] = [];
  const loadWindows = store.loadWindows.bind(store);
  store.loadWindows = (owner, keys) => {
    asked.push(...keys.slices);
    return loadWindows(owner, keys);
  };
  const messages = plainMessages(100, 240, 3 * 60_000);
  const taken = await takeOver(messages, store);
  while (taken.unread.length > 0) {
    await readOn(taken, 5);
    flush(taken, store);
  }
  const slices = [...trueCounters(messages, 'alpha', SLICE_MS).keys()];
  expect(asked.map(({ startMs }) => startMs)).toEqual(slices);
  // Once nothing comes any more, they are let go.
  flush(taken, store);
  flush(taken, store);
  expect(taken.owner.fold.slices.size).toBe(0);
  expectTruth(store, messages);
});

test('offsets without messages are passed, and the log is known again by the message before them', async () => {
  const store = new MemoryAggregateStore();
  const messages = plainMessages(10, 0);
  const first = await takeOver(messages, store);
  await readOn(first, 10);
  // Markers of transactions, and nothing else.
  await first.owner.foldBatch(logBatch(PLACE, [], { fromOffset: 10n, nextOffset: 13n }));
  expect(first.owner.readUpTo).toBe(13n);
  flush(first, store);
  const again = await takeOver(messages, store, 13n);
  const all = { nextOffset: 13n, endOffset: 13n };
  expect(again.owner.fold.position.nextOffset).toBe(13n);
  expect(again.owner.compare(logBatch(PLACE, again.unread, all))).toBe('same');
  const another = await takeOver(plainMessages(11, 100), store, 13n);
  expect(another.owner.compare(logBatch(PLACE, another.unread, all))).toBe('another');
});

test('while it is paused nothing is folded, and what waits does not count as read', async () => {
  const store = new MemoryAggregateStore();
  const messages = plainMessages(20, 0);
  const taken = await takeOver(messages, store);
  await readOn(taken, 10);
  const failure = new Error('the store is away');
  const work = Promise.withResolvers<void>();
  const paused = taken.owner.whilePaused(() => work.promise);
  const folded = readOn(taken, 10);
  await nextTurn();
  expect(taken.owner.fold.position.nextOffset).toBe(10n);
  expect(taken.owner.readUpTo).toBe(10n);
  work.reject(failure);
  await expect(paused).rejects.toBe(failure);
  await folded;
  expect(taken.owner.fold.position.nextOffset).toBe(20n);
  expect(taken.owner.readUpTo).toBe(20n);
});

test('what is read again after a restart does not count as read before it was', async () => {
  const store = new MemoryAggregateStore();
  const messages = plainMessages(10, 0);
  await countAll(messages, store);
  const again = await takeOver(messages, store);
  await readOn(again, 4);
  expect(again.owner.fold.position.nextOffset).toBe(10n);
  expect(again.owner.readUpTo).toBe(4n);
});

test('the clock of the log goes on by what has passed here, whatever the clock of the machine is set to', async () => {
  const messages = plainMessages(10, 0);
  const taken = await takeOver(messages, new MemoryAggregateStore());
  await readOn(taken, 10);
  const readMs = messages.at(-1)?.timestampMs ?? 0;
  expect(taken.owner.logTimeMs()).toBe(readMs);
  steadyClock.nowMs += 1_500;
  expect(taken.owner.logTimeMs()).toBe(readMs + 1_500);
});

test('an old owner that goes on writing beside the new one does no harm', async () => {
  const turns = fc.array(
    fc.record({
      old: fc.boolean(),
      size: fc.integer({ min: 1, max: 10 }),
      steps: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(arbitraryMessages, fc.nat(20), turns, async (messages, head, plan) => {
      const store = new MemoryAggregateStore();
      const old = await takeOver(messages, store);
      await readOn(old, head);
      flush(old, store);
      const fresh = await takeOver(messages, store);
      for (const turn of plan) {
        const writer = turn.old ? old : fresh;
        await readOn(writer, turn.size);
        flush(writer, store, turn.old ? turn.steps : 4);
      }
      await readOn(fresh, messages.length);
      flush(fresh, store);
      expectTruth(store, messages);
    }),
  );
});

test('the order in which events were logged does not matter', async () => {
  const shuffled = arbitraryMessages.chain((messages) =>
    fc.tuple(
      fc.constant(messages),
      fc.shuffledSubarray(messages, { minLength: messages.length, maxLength: messages.length }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([messages, order]) => {
      // Repetitions are remembered by log time, which stays with the position, not with the event.
      const times = messages.map((message) => message.timestampMs);
      const reordered = order.map((message, index) => ({
        ...message,
        offset: BigInt(index),
        timestampMs: times[index] ?? 0,
      }));
      const store = new MemoryAggregateStore();
      const taken = await takeOver(reordered, store);
      await readOn(taken, reordered.length);
      flush(taken, store);
      expectTruth(store, messages);
    }),
  );
});

test('what cannot be read goes to the dead-letter topic with its reason; the rest is counted', async () => {
  const messages = plainMessages(5, 0).map((message) => {
    if (message.offset === 1n) return { ...message, value: Buffer.from('{"event_id":1}') };
    if (message.offset === 3n) return { ...message, value: Buffer.from([0x7b, 0xff, 0x7d]) };
    return message;
  });
  const store = new MemoryAggregateStore();
  const taken = await takeOver(messages, store);
  await readOn(taken, messages.length);
  flush(taken, store);
  expectTruth(
    store,
    messages.filter(({ offset }) => offset !== 1n && offset !== 3n),
  );
  expect(taken.log.deadLetters).toEqual([
    {
      topic: 'webhook.events.dlq',
      key: 'alpha',
      value: Buffer.from('{"event_id":1}'),
      headers: {
        reason: expect.stringContaining('bot_id'),
        topic: EVENTS_TOPIC,
        partition: '0',
        offset: '1',
        ce_specversion: '1.0',
        ce_type: 'hookpulse.dead_letter',
        ce_id: 'webhook.events/0/1',
        ce_source: '/dead-letters',
        'content-type': 'application/octet-stream',
      },
    },
    expect.objectContaining({
      headers: expect.objectContaining({ reason: 'the value is not UTF-8', offset: '3' }),
    }),
  ]);
});

test('large dead letters are published a few at a time; what the log took is not published again', async () => {
  const blob = Buffer.alloc(400_000);
  const messages = plainMessages(10, 0).map((message) => ({ ...message, value: blob }));
  const taken = await takeOver(messages, new MemoryAggregateStore());
  const sizes: number[] = [];
  const { publish } = taken.log;
  taken.log.publish = async (letters) => {
    sizes.push(letters.length);
    if (sizes.length === 3) throw new LogUnavailableError('not acknowledged in time');
    await publish(letters);
  };
  const batch = logBatch(PLACE, messages);
  await expect(taken.owner.foldBatch(batch)).rejects.toThrow(LogUnavailableError);
  expect(taken.log.deadLetters).toHaveLength(4);
  await taken.owner.foldBatch(batch);
  expect(sizes).toEqual([2, 2, 2, 2, 2, 2]);
  const offsets = taken.log.deadLetters.map(({ headers }) => Number(headers?.offset));
  expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

async function countAll(messages: readonly LogMessage[], store: MemoryAggregateStore) {
  const taken = await takeOver(messages, store);
  await readOn(taken, messages.length);
  flush(taken, store);
  return taken.owner.fold.position;
}

test('a recreated topic that is still shorter is noticed at once', async () => {
  const store = new MemoryAggregateStore();
  await countAll(plainMessages(10, 0), store);
  const position = await countAll(plainMessages(4, 100), store);
  expect(position).toMatchObject({ epoch: 1, nextOffset: 4n });
  expectTruth(store, [...plainMessages(10, 0), ...plainMessages(4, 100)]);
});

test('an end below what was counted is a reason to ask, not to believe', async () => {
  const store = new MemoryAggregateStore();
  const messages = plainMessages(10, 0);
  await countAll(messages, store);
  const { owner } = await takeOver(messages, store);
  const batch = logBatch(PLACE, messages, { endOffset: 9n });
  expect(owner.compare(batch)).toBe('shorter');
  expect(owner.compare({ ...batch, endOffset: 10n })).toBe('same');
});

test('a recreated topic that has grown longer is noticed by its messages', async () => {
  const store = new MemoryAggregateStore();
  await countAll(plainMessages(10, 0), store);
  const recreated = plainMessages(30, 100);
  const { owner, log, unread } = await takeOver(recreated, store);
  const [message] = unread;
  if (!message) throw new Error('nothing is read again');
  const batch = logBatch(PLACE, unread, { endOffset: log.endOffset });
  expect(owner.compare(batch)).toBe('another');
});
