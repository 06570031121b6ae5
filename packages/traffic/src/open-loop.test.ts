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
