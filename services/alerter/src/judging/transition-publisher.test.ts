/** Decisions on their way to the alert table. */

import { alertKey } from '@hookpulse/common/alerts/alert';
import type { AlertState } from '@hookpulse/common/alerts/decider';
import { sampleFiring } from '@hookpulse/common/testing/sample-alerts';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { LogUnavailableError, MessageTooLargeError } from '@hookpulse/event-log/event-log';
import { expect, test } from '@jest/globals';
import { TransitionPublisher } from './transition-publisher.ts';

const fired = sampleFiring('2026-02-10T20:00:00Z');
const key = alertKey(fired);

test('nothing is decided on top of a decision until the alert table has come past it', async () => {
  const states = new Map<string, AlertState>();
  let nowMs = 1_000;
  const publisher = new TransitionPublisher({
    log: { publish: async () => undefined },
    alertStates: { get: (asked) => states.get(asked) },
    clock: { now: () => nowMs },
    logger: silentLogger,
    onPublished: () => undefined,
  });
  publisher.add(fired);
  publisher.forgetKnown(5_000); // it is not on the log yet
  expect(publisher.isWaiting(key)).toBe(true);
  await publisher.flush(null);
  publisher.forgetKnown(1_000);
  expect(publisher.isWaiting(key)).toBe(true);
  states.set(key, { transition: fired, receipt: null });
  expect(publisher.isWaiting(key)).toBe(false);

  // A bot that is erased is forgotten by the alert table before anybody has looked: it may come back.
  states.clear();
  publisher.add(fired);
  nowMs = 2_000;
  await publisher.flush(null);
  publisher.forgetKnown(2_500);
  expect(publisher.isWaiting(key)).toBe(false);
});

test('what failed is published again only if the alert table, read since then, has not come past it', async () => {
  const states = new Map<string, AlertState>();
  const published: number[] = [];
  let nowMs = 1_000;
  let isCutOff = true;
  const publisher = new TransitionPublisher({
    log: {
      async publish(messages) {
        if (isCutOff) throw new LogUnavailableError('cut off');
        published.push(messages.length);
      },
    },
    alertStates: { get: (asked) => states.get(asked) },
    clock: { now: () => nowMs },
    logger: silentLogger,
    onPublished: () => undefined,
  });
  publisher.add(fired);
  await expect(publisher.flush(900)).rejects.toThrow('cut off');
  isCutOff = false;
  nowMs = 60_000;
  // The log answers again, and the table may be as old as before.
  await publisher.flush(900);
  await publisher.flush(1_000);
  expect(published).toEqual([]);
  expect(publisher.isWaiting(key)).toBe(true);

  // Nobody has decided meanwhile.
  await publisher.flush(1_001);
  expect(published).toEqual([1]);

  // A successor has: the number is taken.
  const next = { ...fired, sequence: fired.sequence + 1 };
  publisher.add(next);
  isCutOff = true;
  await expect(publisher.flush(nowMs)).rejects.toThrow('cut off');
  isCutOff = false;
  nowMs = 120_000;
  states.set(key, { transition: { ...next, sequence: next.sequence + 1 }, receipt: null });
  await publisher.flush(nowMs);
  expect(published).toEqual([1]);
  expect(publisher.isWaiting(key)).toBe(false);
});

test('a clock that is set back does not hold up what failed before', async () => {
  let nowMs = 3_600_000;
  let published = 0;
  const publisher = new TransitionPublisher({
    log: {
      async publish() {
        published += 1;
        if (published === 1) throw new LogUnavailableError('away');
      },
    },
    alertStates: { get: () => undefined },
    clock: { now: () => nowMs },
    logger: silentLogger,
    onPublished: () => undefined,
  });
  publisher.add(fired);
  await expect(publisher.flush(nowMs)).rejects.toThrow('away');
  nowMs = 1_000;
  await publisher.flush(null);
  nowMs = 2_000;
  await publisher.flush(1_500);
  expect(published).toBe(2);
});

test('a transition that is too large for the log keeps no other from it', async () => {
  const large = { ...fired, bot_id: 'large' };
  const published: string[] = [];
  const acknowledged: string[] = [];
  const publisher = new TransitionPublisher({
    log: {
      async publish(messages) {
        if (messages.some(({ key }) => key === alertKey(large))) {
          throw new MessageTooLargeError('too large');
        }
        published.push(...messages.map(({ key }) => key));
      },
    },
    alertStates: { get: () => undefined },
    clock: { now: () => 1_000 },
    logger: silentLogger,
    onPublished: ({ bot_id }) => acknowledged.push(bot_id),
  });
  const others = ['a', 'b', 'c'].map((bot_id) => ({ ...fired, bot_id }));
  for (const one of [large, ...others]) publisher.add(one);
  await publisher.flush(null);
  expect(published).toEqual(others.map(alertKey));
  expect(acknowledged).toEqual(['a', 'b', 'c']);
  await publisher.flush(null);
  expect(published).toHaveLength(3);
  // Once the alert table is known from after it, it may be decided again.
  publisher.forgetKnown(1_001);
  expect(publisher.isWaiting(alertKey(large))).toBe(false);
});
