import { expect, test } from '@jest/globals';
import { runOpenLoop } from './open-loop.ts';

test('a call does not wait for those before, and its latency counts from when it was due', async () => {
  const answered = Promise.withResolvers<void>();
  const due: number[] = [];
  const startedMs = performance.now();
  await runOpenLoop({
    count: 5,
    plannedMs: (n) => n * 3,
    signal: new AbortController().signal,
    async onDue(n, plannedAtMs) {
      due.push(plannedAtMs);
      // The first four are answered when the last one was made.
      if (n === 4) answered.resolve();
      await answered.promise;
    },
  });
  const [first = Number.NaN] = due;
  expect(due.map((ms) => Math.round(ms - first))).toEqual([0, 3, 6, 9, 12]);
  expect(first).toBeGreaterThanOrEqual(startedMs);
});

test('an abort ends the calls, and those under way are waited for', async () => {
  const stop = new AbortController();
  let finished = 0;
  await runOpenLoop({
    count: Number.POSITIVE_INFINITY,
    plannedMs: (n) => (n < 3 ? 0 : 3_600_000),
    signal: stop.signal,
    async onDue(n) {
      if (n === 2) stop.abort();
      await Promise.resolve();
      finished += 1;
    },
  });
  expect(finished).toBe(3);
});

test('a loop that is late makes every call, and others get their turn meanwhile', async () => {
  const calls = 40;
  let made = 0;
  let madeAtTimer: number | null = null;
  setTimeout(() => {
    madeAtTimer = made;
  }, 1);
  await runOpenLoop({
    count: calls,
    plannedMs: () => 0,
    signal: new AbortController().signal,
    async onDue() {
      made += 1;
      busyFor(2);
    },
  });
  expect(made).toBe(calls);
  expect(madeAtTimer).toBeGreaterThan(0);
  expect(madeAtTimer).toBeLessThan(calls);
});

test('a loop that is late sees an abort', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  let made = 0;
  await runOpenLoop({
    count: 1_000,
    plannedMs: () => 0,
    signal: stop.signal,
    async onDue() {
      made += 1;
      busyFor(2);
    },
  });
  expect(made).toBeLessThan(1_000);
});

function busyFor(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
