/** Decisions on their way to the alert table. */

import { alertKey } from '@hookpulse/common/alerts/alert';
import type { AlertState } from '@hookpulse/common/alerts/decider';
import { sampleFiring } from '@hookpulse/common/testing/sample-alerts';
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
    onPublished: () => undefined,
  });
  publisher.add(fired);
  publisher.forgetKnown(5_000); // it is not on the log yet
  expect(publisher.isWaiting(key)).toBe(true);
  await publisher.flush();
  publisher.forgetKnown(1_000);
  expect(publisher.isWaiting(key)).toBe(true);
  states.set(key, { transition: fired, receipt: null });
  expect(publisher.isWaiting(key)).toBe(false);

  // A bot that is erased is forgotten by the alert table before anybody has looked: it may come back.
  states.clear();
  publisher.add(fired);
  nowMs = 2_000;
  await publisher.flush();
  publisher.forgetKnown(2_500);
  expect(publisher.isWaiting(key)).toBe(false);
});
