/** The scheduler in simulated time: whatever a bot does, its lane keeps what forwarding promises. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  BotLane,
  CATCH_UP_WINDOW,
  type LaneProgress,
  type LaneSettings,
  MAX_DONE_AHEAD,
} from './bot-lane.ts';
import { PartitionLanes } from './partition-lanes.ts';
import type { ForwardedUpdate } from './read-update.ts';

const DAY_MS = 86_400_000;
const NOTHING_DONE: LaneProgress = { next: 0n, done: [], attempts: new Map() };
const NO_FAILURES: ReadonlyMap<bigint, number> = new Map();
const settings: LaneSettings = { maxConnections: 4, order: 'chat', isPaused: false };

function laneOf(changes: Partial<LaneSettings> = {}): BotLane {
  return new BotLane({ ...settings, ...changes }, NOTHING_DONE, null, 0, () => 0);
}

function update(offset: number, queue: string | null, expiresAtMs = DAY_MS): ForwardedUpdate {
  return {
    offset: BigInt(offset),
    botId: 'a',
    updateId: offset,
    updateType: 'message',
    body: '{}',
    queue,
    expiresAtMs,
    logTimeMs: 0,
    replayId: null,
    traceparent: null,
  };
}

test('what several lanes hold is counted together, until one leaves', () => {
  const shared = { bytes: 0 };
  const [one, other] = [1, 2].map(
    () => new BotLane(settings, NOTHING_DONE, null, 0, () => 0, shared),
  );
  if (!one || !other) throw new Error('there are two');
  for (const offset of [1, 2, 3]) one.take(update(offset, 'chat'));
  other.take(update(4, 'chat'));
  expect(shared.bytes).toBe(8);
  one.next(0);
  one.delivered(1n, 0);
  one.settled(1n);
  expect(shared.bytes).toBe(6);
  one.leave();
  expect(shared.bytes).toBe(2);
  one.next(0);
  one.delivered(2n, 0);
  one.settled(2n);
  expect(shared.bytes).toBe(2);
  expect(one.heldBytes).toBe(2);
});

/** What one attempt comes to: how long it takes, and whether the bot takes the update. */
const attempts = fc.record({ ms: fc.integer({ min: 1, max: 30_000 }), isOk: fc.boolean() });

interface Life {
  readonly sent: { offset: number; atMs: number }[];
  readonly delivered: number[];
  readonly expired: number[];
  mostInFlight: number;
  mostHeld: number;
}

/**
 * Lives through a log of updates with one bot: reads as the partition says, and answers as `answers` says,
 * until all is done.
 */
function live(
  updates: readonly ForwardedUpdate[],
  answers: readonly { ms: number; isOk: boolean }[],
  lane: BotLane,
  count = updates.length,
): Life {
  const sliceSize = 7;
  const lanes = new PartitionLanes(0n);
  lanes.lanes.set('a', lane);
  const life: Life = { sent: [], delivered: [], expired: [], mostInFlight: 0, mostHeld: 0 };
  const underWay: { offset: bigint; endMs: number; isOk: boolean }[] = [];
  const inQueue = new Map<string, bigint>();
  let nowMs = 0;
  let attempt = 0;
  for (let step = 0; step < 100_000; step += 1) {
    readAll();
    for (const task of lane.next(nowMs)) {
      const { offset, queue } = task.update;
      if (task.kind === 'expire') {
        life.expired.push(Number(offset));
        lane.settled(offset);
        continue;
      }
      // One of a queue at a time.
      if (queue !== null) {
        expect(inQueue.has(queue)).toBe(false);
        inQueue.set(queue, offset);
      }
      life.sent.push({ offset: Number(offset), atMs: nowMs });
      const { ms, isOk } = answers[attempt % answers.length] ?? { ms: 1, isOk: true };
      attempt += 1;
      underWay.push({ offset, endMs: nowMs + ms, isOk });
    }
    life.mostInFlight = Math.max(life.mostInFlight, lane.inFlight);
    life.mostHeld = Math.max(life.mostHeld, lane.heldCount);
    if (life.delivered.length + life.expired.length === count) return life;
    if (lane.readNext !== null && lane.hasRoom) continue;
    const ends = underWay.map(({ endMs }) => endMs);
    const wakeAtMs = lane.wakeAtMs(nowMs) ?? Number.POSITIVE_INFINITY;
    const nextMs = Math.min(...ends, wakeAtMs > nowMs ? wakeAtMs : nowMs + 1);
    if (!Number.isFinite(nextMs)) throw new Error('it waits for nothing');
    nowMs = nextMs;
    for (const one of underWay.filter(({ endMs }) => endMs <= nowMs)) {
      underWay.splice(underWay.indexOf(one), 1);
      const { queue } = updates.find(({ offset }) => offset === one.offset) ?? {};
      if (queue) inQueue.delete(queue);
      if (one.isOk) {
        lane.delivered(one.offset, nowMs);
        life.delivered.push(Number(one.offset));
        lane.settled(one.offset);
      } else if (!lane.failed(one.offset, 'no', null, nowMs)) {
        life.expired.push(Number(one.offset));
        lane.settled(one.offset);
      }
    }
  }
  throw new Error('it never ends');

  function readAll(): void {
    for (let slice = 0; slice < 1_000; slice += 1) {
      lanes.turnToPast();
      const from = Number(lanes.readNext);
      if (from >= updates.length) return;
      const nextOffset = BigInt(Math.min(updates.length, from + sliceSize));
      const read = { fromOffset: BigInt(from), nextOffset, readableOffset: BigInt(updates.length) };
      for (const one of updates.slice(from, from + sliceSize)) {
        if (lanes.wants(lane, one.offset, read)) lanes.offer(lane, one, false);
      }
      lanes.finish(read);
    }
    throw new Error('it reads for ever');
  }
}

const queues = fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 1, maxLength: 60 });

describe('whatever the bot answers', () => {
  test('each update is delivered once, in the order of its queue, within the bounds', () => {
    fc.assert(
      fc.property(
        queues,
        fc.array(attempts, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (keys, answers, maxConnections) => {
          const updates = keys.map((key, offset) => update(offset, key));
          const sure = [...answers, { ms: 1, isOk: true }];
          const life = live(updates, sure, laneOf({ maxConnections }));
          const all = [...life.delivered, ...life.expired];
          expect(all.toSorted((a, b) => a - b)).toEqual(updates.map((_, offset) => offset));
          for (const key of ['a', 'b', 'c']) {
            const own = all.filter((offset) => keys[offset] === key);
            expect(own).toEqual(own.toSorted((a, b) => a - b));
          }
          expect(life.mostInFlight).toBeLessThanOrEqual(maxConnections);
          expect(life.mostHeld).toBeLessThanOrEqual(CATCH_UP_WINDOW);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('without order no update waits for another', () => {
    const updates = [0, 1, 2].map((offset) => update(offset, 'a'));
    const lane = laneOf({ order: 'none' });
    for (const one of updates) lane.take(one);
    expect(lane.next(0)).toHaveLength(3);
  });
});

describe('a bot that refuses everything', () => {
  const refusals = [{ ms: 5, isOk: false }];

  test('is tried after 1, 2, 4 … 120 s, until the update expires', () => {
    const { sent, expired } = live([update(0, 'a', 1_000_000)], refusals, laneOf());
    const pauses = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0) - 5);
    expect(pauses).toEqual(
      [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120, 120, 120, 120].map((s) => s * 1_000),
    );
    expect(expired).toEqual([0]);
  });

  test('is probed by one connection, at most every 2 s, once it had no success for 10 s', () => {
    const updates = Array.from({ length: 50 }, (_, offset) => update(offset, null, 600_000));
    const { sent, mostHeld } = live(updates, refusals, laneOf());
    const late = sent.filter(({ atMs }) => atMs > 11_000).map(({ atMs }) => atMs);
    for (const [index, atMs] of late.slice(1).entries()) {
      expect(atMs - (late[index] ?? 0)).toBeGreaterThanOrEqual(2_000);
    }
    expect(mostHeld).toBeLessThanOrEqual(8);
  });

  test('gets its connections back one by one', () => {
    const lane = laneOf({ maxConnections: 100 });
    for (let offset = 0; offset < 8; offset += 1) lane.take(update(offset, null));
    for (const { update: one } of lane.next(0)) lane.failed(one.offset, 'no', null, 0);
    const [probe, ...others] = lane.next(10_000);
    expect(others).toEqual([]);
    expect(lane.state(10_000)).toBe('failing');
    lane.delivered(probe?.update.offset ?? -1n, 10_001);
    lane.settled(probe?.update.offset ?? -1n);
    expect(lane.state(10_001)).toBe('delivering');
    expect(lane.next(10_001)).toHaveLength(2);
  });
});

test('Retry-After replaces the pause, up to an hour, and other queues go on', () => {
  const lane = laneOf();
  lane.take(update(0, 'a'));
  lane.take(update(1, 'b'));
  lane.next(0);
  lane.failed(0n, 'busy', 7_200_000, 0);
  lane.delivered(1n, 5);
  lane.settled(1n);
  expect(lane.wakeAtMs(5)).toBe(3_600_000);
  lane.take(update(2, 'b'));
  expect(lane.next(6).map(({ update: one }) => one.offset)).toEqual([2n]);
  expect(lane.next(3_600_000).map(({ update: one }) => one.offset)).toEqual([0n]);
});

test('Retry-After does not make the pauses after it longer', () => {
  const lane = laneOf();
  lane.take(update(0, 'a'));
  let nowMs = 0;
  for (let n = 0; n < 7; n += 1) {
    expect(lane.next(nowMs)).toHaveLength(1);
    lane.failed(0n, 'busy', 1_000, nowMs);
    nowMs = lane.wakeAtMs(nowMs) ?? 0;
  }
  expect(lane.next(nowMs)).toMatchObject([{ attempt: 8 }]);
  lane.failed(0n, 'no', null, nowMs);
  expect(lane.nextAttemptMs(nowMs)).toBeLessThanOrEqual(nowMs + 2_000); // a probe, as it is down
});

test('an update that would be tried after its expiry is given up at once', () => {
  const lane = laneOf();
  lane.take(update(0, 'a', 500));
  lane.next(0);
  expect(lane.failed(0n, 'no', null, 10)).toBe(false);
});

test('an update counts as under way until its outcome is durable', () => {
  const lane = laneOf({ maxConnections: 1 });
  lane.take(update(0, 'a'));
  lane.take(update(1, 'b'));
  lane.next(0);
  lane.delivered(0n, 5);
  expect(lane.inFlight).toBe(1);
  expect(lane.next(5)).toEqual([]);
  lane.settled(0n);
  expect(lane.next(5)).toHaveLength(1);
});

test('a new owner goes on where the progress says, and repeats nothing that was done', () => {
  fc.assert(
    fc.property(queues, fc.array(attempts, { minLength: 1, maxLength: 20 }), (keys, answers) => {
      const updates = keys.map((key, offset) => update(offset, key));
      const lane = laneOf();
      for (const one of updates) if (!lane.take(one)) break;
      const delivered: bigint[] = [];
      for (const [index, { update: one }] of lane.next(0).entries()) {
        if (!answers[index % answers.length]?.isOk) continue;
        lane.delivered(one.offset, 1);
        lane.settled(one.offset);
        delivered.push(one.offset);
      }
      const progress = lane.progress(new Set(), NO_FAILURES, BigInt(updates.length));
      const successor = new BotLane(settings, progress, progress.next, 0, () => 0);
      const expected = updates.filter(({ offset }) => !delivered.includes(offset));
      for (const one of updates) {
        const isDone = one.offset < progress.next || progress.done.includes(one.offset);
        expect(isDone).toBe(delivered.includes(one.offset));
        expect(successor.isDone(one.offset)).toBe(isDone);
      }
      const rest = live(updates, [{ ms: 1, isOk: true }], successor, expected.length);
      expect(rest.delivered.toSorted((a, b) => a - b)).toEqual(
        expected.map(({ offset }) => Number(offset)),
      );
    }),
    { numRuns: 60 },
  );
});

test('a queue that fails for long lets the others go on, as far as the progress can name them', () => {
  const lane = laneOf({ maxConnections: 100 });
  lane.take(update(0, 'stuck'));
  lane.next(0);
  let offset = 1;
  while (offset < 2 * MAX_DONE_AHEAD && lane.take(update(offset, null))) {
    const [task] = lane.next(0);
    lane.delivered(task?.update.offset ?? -1n, 0);
    lane.settled(task?.update.offset ?? -1n);
    offset += 1;
  }
  expect(lane.progress(new Set(), NO_FAILURES, BigInt(offset)).done).toHaveLength(MAX_DONE_AHEAD);
  expect(lane.hasRoom).toBe(false);
  lane.delivered(0n, 1);
  lane.settled(0n);
  expect(lane.hasRoom).toBe(true);
  expect(lane.take(update(offset, null))).toBe(true);
});

test('a clock that is set back by an hour keeps no update waiting for an hour', () => {
  const hourMs = DAY_MS / 24;
  const atMs = 2 * hourMs;
  const lane = laneOf();
  lane.take(update(0, 'chat'));
  expect(lane.next(atMs)).toHaveLength(1);
  lane.failed(0n, 'refused', null, atMs);
  const wakeAtMs = lane.wakeAtMs(atMs) ?? 0;
  expect(lane.next(wakeAtMs - 1)).toEqual([]);
  expect(lane.next(wakeAtMs - 1 - hourMs)).toEqual([]);
  expect(lane.next(wakeAtMs - hourMs)).toHaveLength(1);
});

test('a new owner counts attempts on, whenever it takes over', () => {
  fc.assert(
    fc.property(
      queues,
      fc.array(fc.record({ failures: fc.integer({ min: 0, max: 6 }), isCut: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
      (keys, owners) => {
        const updates = keys.map((key, offset) => update(offset, key));
        const end = BigInt(updates.length);
        const reported = new Map<bigint, number>();
        let progress = NOTHING_DONE;
        let nowMs = 0;
        for (const { failures, isCut } of owners) {
          const lane = new BotLane(settings, progress, progress.next, 0, () => 0);
          for (const one of updates) if (one.offset >= progress.next && !lane.take(one)) break;
          for (let failed = 0; failed < failures; nowMs += 130_000) {
            for (const { update: one, attempt } of lane.next(nowMs)) {
              expect(attempt).toBe((reported.get(one.offset) ?? 0) + 1);
              lane.failed(one.offset, 'no', null, nowMs);
              // The report of the last one is cut off with its owner.
              if (isCut && failed === failures - 1) break;
              lane.stored(new Map([[one.offset, attempt]]));
              reported.set(one.offset, attempt);
              failed += 1;
            }
            failed += 1;
          }
          progress = lane.progress(new Set(), NO_FAILURES, end);
          expect(progress.attempts).toEqual(reported);
          expect(progress.attempts.size).toBeLessThanOrEqual(2 * settings.maxConnections);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('an attempt counts for a new owner from its report on, in one step with it', () => {
  const lane = laneOf();
  lane.take(update(0, 'a'));
  const [task] = lane.next(0);
  // Under way: it was not reported, so a successor sends it as the same attempt.
  expect(lane.progress(new Set(), NO_FAILURES, 1n).attempts.size).toBe(0);
  lane.failed(0n, 'no', null, 1);
  expect(lane.progress(new Set(), NO_FAILURES, 1n).attempts.size).toBe(0);
  const failed = new Map([[0n, task?.attempt ?? 0]]);
  expect(lane.progress(new Set(), failed, 1n).attempts).toEqual(new Map([[0n, 1]]));
  lane.stored(failed);
  expect(lane.progress(new Set(), NO_FAILURES, 1n).attempts).toEqual(new Map([[0n, 1]]));
  expect(lane.progress(new Set([0n]), NO_FAILURES, 1n).attempts.size).toBe(0);
});
