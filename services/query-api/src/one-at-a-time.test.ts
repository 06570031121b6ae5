import { expect, test } from '@jest/globals';
import { oneAtATime } from './one-at-a-time.ts';

test('a task begins when the one before has ended, also when that failed', async () => {
  const run = oneAtATime();
  const steps: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = run(async () => {
    steps.push('first begins');
    await held.promise;
    steps.push('first fails');
    throw new Error('no');
  });
  const second = run(async () => {
    steps.push('second');
    return 2;
  });
  held.resolve();
  await expect(first).rejects.toThrow('no');
  expect(await second).toBe(2);
  expect(steps).toEqual(['first begins', 'first fails', 'second']);
});
