/** How often a flush starts while events come all the time, by what the flush before took. */
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { PartitionChanges, PartitionFold } from './domain/partition-fold.ts';
import { Flusher } from './flusher.ts';

const STEP_MS = 10;
const POSITION = { partition: 0, epoch: 0, nextOffset: 1n, last: null };
/** The first flushes follow a pause, and are not known to be slow yet. */
const FIRST_FLUSHES = 3;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test.each([
  { store: 'a quick store', flushMs: 30, intervalMs: 250 },
  { store: 'a store that takes longer', flushMs: 200, intervalMs: 400 },
  { store: 'a slow store', flushMs: 400, intervalMs: 500 },
  // 50 ms for whatever comes after it.
  { store: 'a store that is slower than any interval', flushMs: 700, intervalMs: 750 },
])('$store is flushed to every $intervalMs ms', async ({ flushMs, intervalMs }) => {
  const startsMs: number[] = [];
  const flusher = new Flusher({
    store: {
      save: async () => {
        startsMs.push(performance.now());
        await new Promise((resolve) => setTimeout(resolve, flushMs));
      },
    },
    folds: () => [alwaysChanged],
    commit: async () => undefined,
    logger: silentLogger,
  });
  for (let ms = 0; ms < 10 * intervalMs; ms += STEP_MS) {
    await flusher.room();
    await jest.advanceTimersByTimeAsync(STEP_MS);
  }
  const [before = 0, ...others] = startsMs.slice(FIRST_FLUSHES - 1);
  const intervals = others.map((ms, index) => ms - (others[index - 1] ?? before));
  expect(intervals.length).toBeGreaterThan(5);
  for (const ms of intervals) expect(Math.abs(ms - intervalMs)).toBeLessThanOrEqual(STEP_MS);
});

test('what is folded during a flush is stored by the next one, though it be only a position', async () => {
  let saves = 0;
  const flushMs = 100;
  const flusher = new Flusher({
    store: {
      save: async () => {
        saves += 1;
        await new Promise((resolve) => setTimeout(resolve, flushMs));
      },
    },
    // Repeated events are none that are pending.
    folds: () => [{ ...alwaysChanged, pendingEvents: 0 } as unknown as PartitionFold],
    commit: async () => undefined,
    logger: silentLogger,
  });
  await flusher.room();
  await jest.advanceTimersByTimeAsync(50 + flushMs / 2);
  expect(saves).toBe(1);
  await flusher.room();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(saves).toBe(2);
});

const alwaysChanged = {
  pendingEvents: 1,
  takeChanges: () => ({ position: POSITION, events: [] }) as unknown as PartitionChanges,
  forgetCold: () => undefined,
} as unknown as PartitionFold;
