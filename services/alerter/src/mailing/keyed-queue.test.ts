import { expect, test } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.ts';

test('work of one name waits for what came before, also for what failed; other names do not', async () => {
  const queue = new KeyedQueue();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queue.run('a', async () => {
    await gate.promise;
    done.push('first');
    throw new Error('of the first');
  });
  const second = queue.run('a', async () => done.push('second'));
  await queue.run('b', async () => done.push('other'));
  expect(done).toEqual(['other']);
  gate.resolve();
  await expect(first).rejects.toThrow('of the first');
  await second;
  expect(done).toEqual(['other', 'first', 'second']);
  expect(await queue.run('a', async () => 'again')).toBe('again');
});
