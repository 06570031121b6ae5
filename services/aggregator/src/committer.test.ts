import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, expect, test } from '@jest/globals';
import { Committer } from './committer.ts';
import type { FoldPosition } from './domain/partition-fold.ts';

let committer: Committer;
afterEach(() => committer.close());

function position(partition: number, nextOffset: bigint): FoldPosition {
  return { partition, epoch: 0, nextOffset, last: null };
}

/** A log that takes commits only while it listens. */
function logOf(owned: readonly number[]) {
  const log = {
    listens: true,
    owned: new Set(owned),
    attempts: 0,
    committed: new Map<number, bigint>(),
  };
  committer = new Committer({
    async commit(positions) {
      log.attempts += 1;
      if (!log.listens) throw new Error('nobody listens');
      for (const { partition, nextOffset } of positions) log.committed.set(partition, nextOffset);
    },
    isOwned: (partition) => log.owned.has(partition),
    logger: silentLogger,
    retryMs: 1,
  });
  return log;
}

test('what the log did not take is committed later, without anything new', async () => {
  const log = logOf([1]);
  log.listens = false;
  await committer.commit([position(1, 7n)]);
  await until('another try', () => log.attempts > 1);
  log.listens = true;
  await until('the commit', () => log.committed.get(1) === 7n);
});

test('a later position takes the place of one that is owed', async () => {
  const log = logOf([1, 2]);
  log.listens = false;
  await committer.commit([position(1, 7n), position(2, 3n)]);
  log.listens = true;
  await committer.commit([position(1, 9n)]);
  expect([...log.committed]).toEqual([
    [1, 9n],
    [2, 3n],
  ]);
});

test('what was stored by an owner before is committed', async () => {
  const log = logOf([4]);
  committer.owe(position(4, 12n));
  await until('the commit', () => log.committed.get(4) === 12n);
});

test('a partition that is no longer owned is left to its owner', async () => {
  const log = logOf([1]);
  log.listens = false;
  await committer.commit([position(1, 7n)]);
  log.owned.clear();
  log.listens = true;
  const attempts = log.attempts;
  await committer.commit([]);
  expect(log.attempts).toBe(attempts);
  expect(log.committed.size).toBe(0);
});
