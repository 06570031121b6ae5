import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { EventDetails } from './event.ts';
import { HandledUpdates, type HandlingOptions, UpdateSession } from './update-session.ts';

interface Update {
  readonly update_id: number;
  readonly message: { readonly chat: { readonly id: number } };
}

const ofChat = (update_id: number, id = 1): Update => ({ update_id, message: { chat: { id } } });

function start(
  handler: HandlingOptions<Update>['handler'],
  more: Partial<HandlingOptions<Update>> = {},
) {
  const reported: (EventDetails & { readonly kind: string })[] = [];
  const report = (kind: string) => (details: EventDetails) => {
    reported.push({ kind, ...details });
  };
  const reporter = {
    processed: report('processed'),
    error: report('error'),
    retry: report('retry'),
  };
  const options = { botId: 'orders', handler, reporter, retryDelayMs: () => 1, ...more };
  const session = new UpdateSession<Update>(options, new HandledUpdates(), () => undefined);
  let offset = 0n;
  const take = (update: unknown, receivedAt = new Date().toISOString()) => {
    session.take({ partition: 3, offset, receivedAt, replayId: null, update });
    offset += 1n;
  };
  const idle = async () => {
    while (session.pending > 0) await delay(1);
  };
  return { session, take, idle, reported };
}

test('an update that is too old is not tried again, and its chat goes on', async () => {
  const told: boolean[] = [];
  const { session, take, idle, reported } = start(
    ({ update_id }) => {
      if (update_id === 1) throw new RangeError('never');
    },
    { giveUpAfterMs: 1_000, onError: (_error, { willRetry }) => told.push(willRetry) },
  );
  take(ofChat(1), '2026-02-10T20:00:00Z');
  take(ofChat(2));
  await idle();
  expect(told).toEqual([false]);
  expect(reported).toMatchObject([
    { kind: 'error', update_id: 1, error_type: 'RangeError', bot_id: 'orders' },
    { kind: 'processed', update_id: 2, update_type: 'message' },
  ]);
  expect([session.handled, session.doneTo()]).toEqual([2, new Map([[3, 2n]])]);
});

test('telling of a failure may fail, at once and later, and so may the choice of a pause', async () => {
  const failing = [
    { onError: () => Promise.reject(new Error('no chat')) },
    {
      onError: () => {
        throw new Error('no chat');
      },
    },
    {
      onError: () => undefined,
      retryDelayMs: () => {
        throw new Error('no pause');
      },
    },
  ];
  for (const options of failing) {
    let failures = 1;
    const { take, idle, reported } = start(() => {
      failures -= 1;
      if (failures >= 0) throw new Error('once');
    }, options);
    take(ofChat(7));
    await idle();
    expect(reported.map(({ kind }) => kind)).toEqual(['error', 'processed']);
  }
});

test('events about an update have the same ids in every worker', async () => {
  const ids = async () => {
    let failures = 1;
    const { take, idle, reported } = start(
      () => {
        failures -= 1;
        if (failures >= 0) throw new Error('once');
      },
      { onError: () => undefined },
    );
    take(ofChat(7));
    await idle();
    return reported.map(({ kind, event_id }) => [kind, event_id]);
  };
  const [first, second] = [await ids(), await ids()];
  expect(first).toEqual(second);
  expect(new Set(first.map(([, id]) => id)).size).toBe(2);
});

test('what is no update is passed over', async () => {
  const handled: number[] = [];
  const { session, take, idle } = start(({ update_id }) => handled.push(update_id));
  for (const update of [null, 'text', {}, ofChat(4)]) take(update);
  await idle();
  expect([handled, session.doneTo().get(3)]).toEqual([[4], 4n]);
});

test('after its end it begins none any more, and what is not done holds the place', async () => {
  const release = Promise.withResolvers<void>();
  const began: number[] = [];
  const { session, take } = start(({ update_id }) => {
    began.push(update_id);
    return release.promise;
  });
  for (const id of [1, 2]) take(ofChat(id));
  const stopped = session.stop();
  release.resolve();
  await stopped;
  take(ofChat(3, 2));
  await delay(5);
  expect([began, session.doneTo().get(3), session.pending]).toEqual([[1], 1n, 2]);
});
