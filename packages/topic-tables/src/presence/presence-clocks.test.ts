/** What is made of presence when processes or machines stand still: no time but that of the test. */
import { silentLogger as logger } from '@hookpulse/common/testing/silent-logger';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import type { FollowOptions, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { afterEach, expect, jest, test } from '@jest/globals';
import { ANNOUNCE_INTERVAL_MS, announcePresence } from './announce-presence.ts';
import { openPresence } from './presence.ts';
import { presenceToMessage } from './presence-message.ts';

const START_MS = Date.parse('2026-02-10T20:00:00Z');

afterEach(() => {
  jest.useRealTimers();
});

/** A log that only presence is on, and the clock of who reads it. */
async function openWorld() {
  let logMs = START_MS;
  let offset = 0n;
  let follow: FollowOptions | undefined;
  const presence = await openPresence({
    log: {
      offsetsAt: async () => [],
      async follow(options) {
        follow = options;
        return { caughtUp: Promise.resolve(), close: async () => undefined };
      },
    },
    logger,
    clock: { now: () => logMs },
  });
  const say = (stretch_id: string, listened_ms: number) => {
    const { value, key, topic } = presenceToMessage({ stretch_id, listened_ms });
    follow?.onMessage({
      ...{ topic, key: key ?? null, partition: 0, offset: offset++, headers: {} },
      value: new TextEncoder().encode(String(value)),
      timestampMs: logMs,
    });
  };
  let listenedMs = 0;
  return {
    pass(ms: number) {
      logMs += ms;
    },
    /** Ingest runs, and says so. */
    listen(ms: number) {
      for (let leftMs = ms; leftMs > 0; leftMs -= ANNOUNCE_INTERVAL_MS) {
        logMs += ANNOUNCE_INTERVAL_MS;
        listenedMs += ANNOUNCE_INTERVAL_MS;
        say('one', listenedMs);
      }
    },
    /** Of all the time so far, in milliseconds since the start. */
    absences() {
      const absences = presence.absences({ fromMs: START_MS, toMs: logMs });
      return absences.map(({ fromMs, toMs }) => [fromMs - START_MS, toMs - START_MS]);
    },
  };
}

test.each([5 * MINUTE_MS, 20 * HOUR_MS])(
  'a machine that slept did not listen meanwhile, after %i ms of listening',
  async (awakeMs) => {
    const world = await openWorld();
    world.listen(awakeMs);
    world.pass(HOUR_MS);
    expect(world.absences()).toEqual([[awakeMs, awakeMs + HOUR_MS]]);
    // The steady clock of ingest stood still as well: to ingest it is the same stretch.
    world.listen(5 * MINUTE_MS);
    expect(world.absences()).toEqual([[awakeMs, awakeMs + HOUR_MS]]);
    world.pass(HOUR_MS);
    world.listen(MINUTE_MS);
    const againMs = awakeMs + HOUR_MS + 5 * MINUTE_MS;
    expect(world.absences()).toEqual([
      [awakeMs, awakeMs + HOUR_MS],
      [againMs, againMs + HOUR_MS],
    ]);
  },
);

test('a machine that slept for longer than is remembered did not listen then', async () => {
  const world = await openWorld();
  world.listen(40 * HOUR_MS);
  world.pass(30 * HOUR_MS);
  world.listen(MINUTE_MS);
  expect(world.absences().at(-1)?.[1]).toBe(70 * HOUR_MS);
});

test('ingest whose machine slept begins a new stretch: who reads the log later knows only that', async () => {
  jest.useFakeTimers();
  const said: string[] = [];
  const log = {
    async publish(messages: readonly OutgoingMessage[]) {
      said.push(...messages.map(({ value }) => JSON.parse(String(value)).stretch_id));
    },
  };
  const presence = announcePresence({ log, logger });
  await jest.advanceTimersByTimeAsync(2 * ANNOUNCE_INTERVAL_MS);
  jest.setSystemTime(Date.now() + HOUR_MS); // the steady clock stands still
  await jest.advanceTimersByTimeAsync(2 * ANNOUNCE_INTERVAL_MS);
  const [first, last] = [said[0], said.at(-1)];
  expect(said).toEqual([first, first, first, last, last]);
  expect(last).not.toBe(first);
  await presence.close();
});

test('a moment in which a machine stands still is no absence, however many there are', async () => {
  const world = await openWorld();
  for (let i = 0; i < 20; i += 1) {
    world.listen(MINUTE_MS);
    world.pass(15_000);
  }
  expect(world.absences()).toEqual([]);
});

test('the first message may reach the log late', async () => {
  const world = await openWorld();
  world.listen(ANNOUNCE_INTERVAL_MS);
  world.pass(-5_000);
  world.listen(MINUTE_MS);
  expect(world.absences()).toEqual([]);
});
