/** How often a flush starts while events come all the time, by what the flush before took. */
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Flusher, type FlusherDeps } from './flusher.ts';

const STEP_MS = 10;
/** The first flushes follow a pause, and are not known to be slow yet. */
const FIRST_FLUSHES = 3;
const NOTHING_ELSE = { events: [], hours: [], slices: [] };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** @param pendingEvents - of the one fold, whose position moves all the time */
function flusherOf(save: FlusherDeps['store']['save'], pendingEvents: number): Flusher {
  const position = { partition: 0, epoch: 0, nextOffset: 1n, last: null };
  const takeChanges = () => ({ position, ...NOTHING_ELSE });
  return new Flusher({
    store: { save },
    folds: () => [{ pendingEvents, takeChanges, forgetCold: () => undefined }],
    commit: async () => undefined,
    logger: silentLogger,
  });
}

test.each([
  { store: 'a quick store', flushMs: 30, intervalMs: 250 },
  { store: 'a store that takes longer', flushMs: 200, intervalMs: 400 },
  { store: 'a slow store', flushMs: 400, intervalMs: 500 },
  // 50 ms for whatever comes after it.
  { store: 'a store that is slower than any interval', flushMs: 700, intervalMs: 750 },
])('$store is flushed to every $intervalMs ms', async ({ flushMs, intervalMs }) => {
  const startsMs: number[] = [];
  const flusher = flusherOf(async () => {
    startsMs.push(performance.now());
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, flushMs); // by the clock of the test
    await promise;
  }, 1);
  for (let ms = 0; ms < 10 * intervalMs; ms += STEP_MS) {
    await flusher.room();
    await jest.advanceTimersByTimeAsync(STEP_MS);
  }
  const [before = 0, ...others] = startsMs.slice(FIRST_FLUSHES - 1);
  const intervals = others.map((ms, index) => ms - (others[index - 1] ?? before));
  expect(intervals.length).toBeGreaterThan(5);
  for (const ms of intervals) expect(Math.abs(ms - intervalMs)).toBeLessThanOrEqual(STEP_MS);
});

test('a position that moves during a flush is stored by the next flush', async () => {
  const firstSave = Promise.withResolvers<void>();
  let saves = 0;
  // Repeated events move the position and are not pending.
  const flusher = flusherOf(async () => {
    saves += 1;
    await firstSave.promise;
  }, 0);
  await flusher.room();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(saves).toBe(1);
  await flusher.room();
  firstSave.resolve();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(saves).toBe(2);
});
