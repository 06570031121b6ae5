/** What is made of presence when machines sleep and clocks differ: no time but that of the test. */
import { silentLogger as logger } from '@hookpulse/common/testing/silent-logger';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import type { FollowOptions, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ANNOUNCE_INTERVAL_MS, announcePresence } from './announce-presence.ts';
import { openPresence } from './presence.ts';
import { presenceToMessage } from './presence-message.ts';

const START_MS = Date.parse('2026-02-10T20:00:00Z');

afterEach(() => {
  jest.useRealTimers();
});

/**
 * A log that holds presence alone, and its reader.
 * @param aheadMs - of the reader's clock before the log's
 * @param listenedBeforeMs - what is on the log when the reader starts
 */
async function openWorld({ aheadMs = 0, listenedBeforeMs = 0 } = {}) {
  let logMs = START_MS;
  let steadyMs = 0;
  let listenedMs = 0;
  let offset = 0n;
  let follow: FollowOptions | undefined;
  const presence = await openPresence({
    log: {
      offsetsAt: async () => [],
      async follow(options) {
        follow = options;
        listen(listenedBeforeMs);
        return { caughtUp: Promise.resolve(), close: async () => undefined };
      },
    },
    logger,
    clock: { now: () => logMs + aheadMs },
    steadyClock: { now: () => steadyMs },
  });
  function say(stretch_id: string, listened_ms: number): void {
    const { value, key, topic } = presenceToMessage({ stretch_id, listened_ms });
    follow?.onMessage({
      ...{ topic, key: key ?? null, partition: 0, offset: offset++, headers: {} },
      value: new TextEncoder().encode(String(value)),
      timestampMs: logMs,
    });
  }
  function pass(ms: number): void {
    logMs += ms;
    steadyMs += ms;
  }
  function listen(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= ANNOUNCE_INTERVAL_MS) {
      pass(ANNOUNCE_INTERVAL_MS);
      listenedMs += ANNOUNCE_INTERVAL_MS;
      say('one', listenedMs);
    }
  }
  return {
    /** Ingest runs, and says so. */
    listen,
    /** Ingest does not run. */
    pass,
    /** The machine of ingest and of the reader sleeps: in the test only its clocks change. */
    suspend(ms: number): void {
      logMs += ms;
    },
    /** Of all the time so far, in milliseconds since the start. */
    absences() {
      const absences = presence.absences({ fromMs: START_MS, toMs: logMs + aheadMs });
      return absences.map(({ fromMs, toMs, isClockAhead = false }) => [
        fromMs - START_MS,
        toMs - START_MS,
        ...(isClockAhead ? ['clock ahead'] : []),
      ]);
    },
  };
}

test.each([5 * MINUTE_MS, 20 * HOUR_MS])(
  'a machine that slept did not listen meanwhile, after %i ms of listening',
  async (awakeMs) => {
    const world = await openWorld();
    world.listen(awakeMs);
    world.suspend(HOUR_MS);
    expect(world.absences()).toEqual([[awakeMs, awakeMs + HOUR_MS]]);
    // The steady clock of ingest stood still as well: to ingest it is the same stretch.
    world.listen(5 * MINUTE_MS);
    expect(world.absences()).toEqual([[awakeMs, awakeMs + HOUR_MS]]);
    world.suspend(HOUR_MS);
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
  world.suspend(30 * HOUR_MS);
  world.listen(MINUTE_MS);
  expect(world.absences().at(-1)?.[1]).toBe(70 * HOUR_MS);
});

test('ingest whose machine slept begins a new stretch: a later reader of the log knows only that', async () => {
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
    world.suspend(15_000);
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

describe('a clock that is ahead of the clock of the log', () => {
  test.each([26_000, 2 * MINUTE_MS, 5 * MINUTE_MS])(
    'by %i ms does not look like an ingest that does not listen',
    async (aheadMs) => {
      const world = await openWorld({ aheadMs });
      world.listen(HOUR_MS);
      expect(world.absences()).toEqual([[HOUR_MS, HOUR_MS + aheadMs, 'clock ahead']]);
      // Until the next message the steady clock tells how long ago the last one was.
      world.pass(20_000);
      const nowMs = HOUR_MS + 20_000;
      expect(world.absences()).toEqual([[nowMs, nowMs + aheadMs, 'clock ahead']]);
    },
  );

  test('by a little changes nothing', async () => {
    const world = await openWorld({ aheadMs: 20_000 });
    world.listen(HOUR_MS);
    world.pass(20_000);
    expect(world.absences()).toEqual([]);
  });

  test('by more than clocks differ is not believed', async () => {
    const world = await openWorld({ aheadMs: HOUR_MS });
    world.listen(MINUTE_MS);
    expect(world.absences()).toEqual([[MINUTE_MS, MINUTE_MS + HOUR_MS]]);
  });

  test('does not hide that ingest does not listen any more', async () => {
    const world = await openWorld({ aheadMs: MINUTE_MS });
    world.listen(HOUR_MS);
    world.pass(30_000);
    expect(world.absences()).toEqual([[HOUR_MS, HOUR_MS + 30_000 + MINUTE_MS]]);
  });

  test('is not known by messages of before the start: ingest may have stopped since', async () => {
    const world = await openWorld({ aheadMs: MINUTE_MS, listenedBeforeMs: HOUR_MS });
    expect(world.absences()).toEqual([[HOUR_MS, HOUR_MS + MINUTE_MS]]);
    world.listen(ANNOUNCE_INTERVAL_MS);
    const nowMs = HOUR_MS + ANNOUNCE_INTERVAL_MS;
    expect(world.absences()).toEqual([[nowMs, nowMs + MINUTE_MS, 'clock ahead']]);
  });
});
