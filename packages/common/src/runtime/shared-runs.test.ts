import { expect, test } from '@jest/globals';
import { sharedRuns } from './shared-runs.ts';

/** Runs that end when they are told to. */
function heldRuns() {
  const runs: PromiseWithResolvers<string>[] = [];
  const run = () => {
    const held = Promise.withResolvers<string>();
    runs.push(held);
    return held.promise;
  };
  return { runs, ask: sharedRuns(run) };
}

test('a caller that asks during a run gets the next one, shared', async () => {
  const { runs, ask } = heldRuns();
  const first = ask();
  const second = ask();
  const third = ask();
  expect(runs).toHaveLength(1);

  runs[0]?.resolve('one');
  expect(await first).toBe('one');
  expect(runs).toHaveLength(2);
  const fourth = ask();

  runs[1]?.resolve('two');
  expect(await Promise.all([second, third])).toEqual(['two', 'two']);
  runs[2]?.resolve('three');
  expect(await fourth).toBe('three');
  expect(runs).toHaveLength(3);
});

test('a failed run fails its own callers only', async () => {
  const { runs, ask } = heldRuns();
  const first = ask();
  const second = ask();
  runs[0]?.reject(new Error('down'));
  await expect(first).rejects.toThrow('down');
  runs[1]?.resolve('up');
  expect(await second).toBe('up');

  const later = ask();
  runs[2]?.resolve('again');
  expect(await later).toBe('again');
});
