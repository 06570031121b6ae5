import { expect, test } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.ts';

test('work of one lane waits for what came before, also for what failed; other lanes do not', async () => {
  const lanes = new KeyedQueue();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lanes.run('a', async () => {
    await gate.promise;
    done.push('first');
    throw new Error('of the first');
  });
  const second = lanes.run('a', async () => done.push('second'));
  await lanes.run('b', async () => done.push('other'));
  expect(done).toEqual(['other']);
  gate.resolve();
  await expect(first).rejects.toThrow('of the first');
  await second;
  expect(done).toEqual(['other', 'first', 'second']);
  expect(await lanes.run('a', async () => 'again')).toBe('again');
});
