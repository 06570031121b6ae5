/** One client of a group on a log that is made up: what happens between the frames. */
import { until } from '@hookpulse/common/testing/until';
import {
  type Consumer,
  type ConsumerHandler,
  type LogBatch,
  StaleAssignmentError,
} from '@hookpulse/event-log/event-log';
import { UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { GroupSubscription, updatesGroupId } from './group-subscription.ts';

const FIRST = { topic: UPDATES_TOPIC, partition: 0 };
const SECOND = { topic: UPDATES_TOPIC, partition: 1 };

interface Given {
  readonly send: (frame: string) => Promise<void>;
  readonly commit?: () => Promise<void>;
  readonly maxPending?: number;
}

async function openOn({ send, commit = async () => undefined, maxPending = 10 }: Given) {
  let handler: ConsumerHandler | null = null;
  const consumer: Consumer = {
    isMember: true,
    commit,
    seek: async () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    lag: async () => [],
    close: async () => undefined,
  };
  const subscription = await GroupSubscription.open({
    ...{ botId: 'a', group: 'g', start: 'earliest', doneTo: null, maxPending, send },
    log: {
      async consume(options) {
        handler = options.handler;
        return consumer;
      },
      // The group has been on both partitions.
      committed: async () => [
        { ...FIRST, offset: 0n },
        { ...SECOND, offset: 0n },
      ],
      partitionFor: async () => 0,
      ranges: async () => [],
    },
  });
  if (!handler) throw new Error('not consumed');
  const joined: ConsumerHandler = handler;
  await joined.onAssigned([FIRST, SECOND]);
  return { subscription, handler: joined };
}

function batchOf({ topic, partition }: typeof FIRST, offsets: readonly bigint[]): LogBatch {
  const value = Buffer.from(
    '{"bot_id":"a","received_at":"2026-02-10T20:00:00.000Z","update":{"update_id":1}}',
  );
  const messages = offsets.map((offset) => ({
    ...{ topic, partition, offset, timestampMs: 0, key: 'a', value, headers: {} },
  }));
  const nextOffset = (offsets.at(-1) ?? -1n) + 1n;
  return {
    ...{ topic, partition, messages, nextOffset, endOffset: nextOffset },
    ...{ fromOffset: offsets[0] ?? 0n, readableOffset: nextOffset },
  };
}

test('a heartbeat names no update that is still to be sent', async () => {
  const taken = Promise.withResolvers<void>();
  const { subscription, handler } = await openOn({
    send: (frame) => (frame.startsWith('id:') ? taken.promise : Promise.resolve()),
  });
  const handled = handler.onBatch(batchOf(FIRST, [4n]));
  expect(subscription.reachedText).toBeNull();
  taken.resolve();
  await handled;
  expect(subscription.reachedText).toBe('0-5');
});

test('what is sent after the partition was lost does not count', async () => {
  const taken = Promise.withResolvers<void>();
  const { subscription, handler } = await openOn({
    send: (frame) => (frame.startsWith('id:') ? taken.promise : Promise.resolve()),
  });
  const handled = handler.onBatch(batchOf(FIRST, [4n]));
  const revoked = handler.onRevoked([FIRST]);
  await subscription.progress({ doneTo: null, handled: 0, isReleased: true });
  await revoked;
  taken.resolve();
  await handled;
  expect(subscription.reachedText).toBeNull();
});

test('both partitions go on when there is room again', async () => {
  const sent: string[] = [];
  const { subscription, handler } = await openOn({
    maxPending: 1,
    send: async (frame) => void (frame.startsWith('id:') && sent.push(frame.split('\n')[0] ?? '')),
  });
  await handler.onBatch(batchOf(FIRST, [0n]));
  const handled = [handler.onBatch(batchOf(FIRST, [1n])), handler.onBatch(batchOf(SECOND, [0n]))];
  await subscription.progress({ doneTo: null, handled: 1, isReleased: false });
  await until('one of the two', () => sent.length === 2);
  await subscription.progress({ doneTo: null, handled: 2, isReleased: false });
  await Promise.all(handled);
  expect(sent.toSorted()).toEqual(['id: 0-1', 'id: 0-2', 'id: 1-1']);
});

test('progress of a client that has lost the updates is not an error', async () => {
  const { subscription } = await openOn({
    send: async () => undefined,
    commit: () => Promise.reject(new StaleAssignmentError('the group has moved on')),
  });
  const done = { doneTo: { partition: 0, offset: 3n }, handled: 0, isReleased: false };
  await expect(subscription.progress(done)).resolves.toBeUndefined();
});

test('a group has a name that the SDK knows, too', () => {
  expect(updatesGroupId('a', 'g')).toBe('hookpulse-updates.a.g');
});
