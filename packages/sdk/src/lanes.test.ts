import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Lanes } from './lanes.ts';

test('tasks of a key run in their order, however often they run again, and never too many at once', async () => {
  const task = fc.record({
    key: fc.constantFrom('a', 'b', 'c', null),
    failures: fc.nat(2),
    ms: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(task, { maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      async (tasks, most) => {
        const lanes = new Lanes(most);
        const done: number[] = [];
        const running = new Set<string>();
        for (const [index, { key, failures, ms }] of tasks.entries()) {
          const name = key ?? `alone ${index}`;
          let left = failures;
          lanes.add({
            key,
            run: async () => {
              expect(running.has(name)).toBe(false);
              running.add(name);
              expect(running.size).toBeLessThanOrEqual(most);
              await delay(ms);
              running.delete(name);
              left -= 1;
              if (left >= 0) return 1;
              done.push(index);
              return null;
            },
          });
        }
        while (done.length < tasks.length) await delay(1);
        for (const key of ['a', 'b', 'c']) {
          const ofKey = done.filter((index) => tasks[index]?.key === key);
          expect(ofKey).toEqual(ofKey.toSorted((one, other) => one - other));
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('stopping waits for what runs, and begins nothing any more', async () => {
  const lanes = new Lanes(1);
  const began: string[] = [];
  const release = Promise.withResolvers<void>();
  lanes.add({
    key: 'a',
    run: async () => {
      began.push('first');
      await release.promise;
      return 0;
    },
  });
  lanes.add({ key: 'b', run: () => Promise.reject(new Error('it was begun')) });
  let isStopped = false;
  const stopped = lanes.stop().then(() => {
    isStopped = true;
  });
  await delay(5);
  expect([isStopped, lanes.running]).toEqual([false, 1]);
  release.resolve();
  await stopped;
  await delay(5);
  expect([began, lanes.running]).toEqual([['first'], 0]);
});
