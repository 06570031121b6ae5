/** Where the reader of a partition is, when bots lag: neither the past nor what is new waits for the other. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BotLane, CATCH_UP_WINDOW } from './bot-lane.ts';
import { PartitionLanes } from './partition-lanes.ts';
import type { ForwardedUpdate } from './read-update.ts';

const SLICE = 250;
const DAY_MS = 86_400_000;
const NOTHING_DONE = { next: 0n, done: [], attempts: new Map() };

/** Of a bot that has nothing yet of what the log holds. */
function laggingLane(maxConnections: number): BotLane {
  const settings = { maxConnections, order: 'chat', isPaused: false } as const;
  return new BotLane(settings, NOTHING_DONE, 0n, 0, () => 0);
}

function updateAt(offset: bigint, queue: string | null): ForwardedUpdate {
  const own = { botId: 'a', updateId: Number(offset), updateType: 'message', body: '{}' };
  const times = { expiresAtMs: DAY_MS, logTimeMs: 0 };
  return { offset, queue, replayId: null, traceparent: null, ...own, ...times };
}

interface Reading {
  readonly lanes: PartitionLanes;
  readonly lane: BotLane;
  /** Every so many messages one is for the lane. */
  readonly spacing: number;
  /** Of all its messages; default: each has its own. */
  readonly queue?: string;
}

/** Reads the next slice of a log that ends there, as a partition does; counts what was read. */
function readSlice({ lanes, lane, spacing, queue }: Reading, end: bigint) {
  const fromOffset = lanes.readNext;
  const isLive = !lanes.isReadingPast;
  const last = fromOffset + BigInt(SLICE);
  const nextOffset = last < end ? last : end;
  const slice = { fromOffset, nextOffset, readableOffset: end };
  for (let offset = fromOffset; offset < nextOffset; offset += 1n) {
    if (offset % BigInt(spacing) !== 0n || !lanes.wants(lane, offset, slice)) continue;
    lanes.offer(lane, updateAt(offset, queue ?? null), false);
  }
  lanes.finish(slice);
  return { isLive, messages: Number(nextOffset - fromOffset) };
}

function deliverHeld(lane: BotLane, nowMs = 0): number {
  const tasks = lane.next(nowMs);
  for (const { update } of tasks) {
    lane.delivered(update.offset, nowMs);
    lane.settled(update.offset);
  }
  return tasks.length;
}

test('a backlog is read about once, however small the part of it that the bot has room for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 20 }),
      (maxConnections, spacing) => {
        const end = 20_000n;
        const lanes = new PartitionLanes(end);
        const lane = laggingLane(maxConnections);
        lanes.lanes.set('a', lane);
        const own = Math.ceil(Number(end) / spacing);
        let delivered = 0;
        let read = 0;
        for (let turn = 0; delivered < own && turn < 100_000; turn += 1) {
          delivered += deliverHeld(lane);
          lanes.turnToPast();
          if (lanes.isReadingPast) read += readSlice({ lanes, lane, spacing }, end).messages;
        }
        expect(delivered).toBe(own);
        expect(read).toBeLessThanOrEqual(3 * Number(end));
        expect(lane.heldCount).toBeLessThanOrEqual(CATCH_UP_WINDOW);
      },
    ),
    { numRuns: 30 },
  );
});

test('what is new is read after each slice of the past, also for a bot that always has room', () => {
  const lanes = new PartitionLanes(5_000n);
  const lane = laggingLane(40);
  lanes.lanes.set('a', lane);
  let end = 5_000n;
  const kinds: boolean[] = [];
  for (let slice = 0; slice < 20; slice += 1) {
    end += 10n;
    lanes.turnToPast();
    kinds.push(readSlice({ lanes, lane, spacing: 100 }, end).isLive);
    deliverHeld(lane);
  }
  const pastTwice = kinds.filter((isLive, index) => index > 0 && !isLive && !kinds[index - 1]);
  expect(pastTwice).toEqual([]);
  expect(kinds.filter((isLive) => !isLive).length).toBeGreaterThan(5);
});

test('for a bot that is down nothing is read again and again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), (maxConnections) => {
      const end = 5_000n;
      const lanes = new PartitionLanes(end);
      const lane = laggingLane(maxConnections);
      lanes.lanes.set('a', lane);
      let read = 0;
      for (let nowMs = 0; nowMs < 120_000; nowMs += 100) {
        for (const { update } of lane.next(nowMs)) lane.failed(update.offset, 'off', null, nowMs);
        lanes.turnToPast();
        if (!lanes.isReadingPast) continue;
        read += readSlice({ lanes, lane, spacing: 25, queue: 'chat' }, end).messages;
      }
      expect(read).toBeLessThanOrEqual(Number(end));
      // And is when it is back.
      let delivered = 0;
      for (let turn = 0; turn < 1_000; turn += 1) {
        delivered += deliverHeld(lane, 120_000 + turn * 3_000);
        lanes.turnToPast();
        if (lanes.isReadingPast) readSlice({ lanes, lane, spacing: 25, queue: 'chat' }, end);
      }
      expect(delivered).toBe(200);
    }),
    { numRuns: 20 },
  );
});
