/** What every aggregate store must do; run against ClickHouse and against the fake of the tests. */

import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { FORWARDER, type WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import {
  addEvent,
  emptyWindow,
  SLICE_MS,
  snapshotWindow,
  type Window,
  windowStart,
} from '@hookpulse/common/windows/window';
import { describe, expect, test } from '@jest/globals';
import type { PartitionChanges } from '../../domain/partition-fold.ts';
import type { AggregateStore } from '../aggregate-store.ts';

/** Of today, because the tables forget what is old. */
const HOUR_START = windowStart(Date.now(), HOUR_MS);
const SLICE_START = HOUR_START + 30 * SLICE_MS;

/** @param partition - one of the test's own: tests share a store */
function changesOf(
  partition: number,
  nextOffset: bigint,
  eventCount: number,
  epoch = 0,
): PartitionChanges {
  const events = Array.from({ length: eventCount }, (_, n) => loggedEvent(partition, n));
  const window = snapshotWindow(windowOf(events));
  const botId = botOf(partition);
  return {
    position: {
      partition,
      epoch,
      nextOffset,
      last: {
        offset: nextOffset - 1n,
        logTimeMs: SLICE_START + eventCount,
        fingerprint: `at ${nextOffset}`,
      },
    },
    events,
    hours: [{ botId, startMs: HOUR_START, window }],
    slices: [{ botId, startMs: SLICE_START, window }],
  };
}

function botOf(partition: number): string {
  return `bot-of-${partition}`;
}

function loggedEvent(partition: number, n: number): LoggedEvent {
  const eventTimeMs = SLICE_START + n;
  const event = sampleEvent({
    event_id: sampleEventId(partition * 1_000_000 + n),
    bot_id: botOf(partition),
    event_type: 'processed',
    timestamp: new Date(eventTimeMs).toISOString(),
    update_id: n,
    processing_time_ms: 41.5 + n,
    response_time_ms: 0.1,
    error_message: 'quote " backslash \\ newline \n emoji 🔒',
    ip_address: '2001:db8::1',
    telegram_signature_valid: true,
  });
  return { offset: BigInt(n), logTimeMs: eventTimeMs, event, eventTimeMs };
}

function windowOf(events: readonly LoggedEvent[]): Window {
  const window = emptyWindow();
  for (const { event, eventTimeMs } of events) addEvent(window, event, eventTimeMs);
  return window;
}

export function describeAggregateStore(name: string, open: () => AggregateStore): void {
  describe(name, () => {
    test('knows nothing of a partition that was never stored', async () => {
      expect(await open().loadPositions([900])).toEqual([]);
      const stored = await open().loadWindowsSince(
        { partition: 900, epoch: 0 },
        { hours: 0, slices: 0 },
      );
      expect(stored).toEqual({ hours: [], slices: [] });
    });

    test('gives back the newest position and the windows with their state', async () => {
      const store = open();
      await store.save([changesOf(1, 3n, 3), changesOf(2, 5n, 5)]);
      await store.save([changesOf(1, 9n, 7)]);
      const positions = await store.loadPositions([1, 2]);
      expect(positions.toSorted((a, b) => a.partition - b.partition)).toEqual([
        changesOf(1, 9n, 7).position,
        changesOf(2, 5n, 5).position,
      ]);
      const { hours, slices } = await store.loadWindowsSince(
        { partition: 1, epoch: 0 },
        { hours: HOUR_START, slices: SLICE_START },
      );
      for (const [[state], startMs] of [
        [hours, HOUR_START],
        [slices, SLICE_START],
      ] as const) {
        expect(state).toMatchObject({ botId: botOf(1), startMs, nextOffset: 9n });
        expect(state?.window.counters.requests_processed).toBe(7);
        expect(state?.window.processing).toEqual({ sumMs: 7 * 41.5 + 21, count: 7 });
        expect(state?.window.response.count).toBe(7);
        expect(state?.window.lastEventMs).toBe(SLICE_START + 6);
        expect(state?.window.latency.percentile(0.5)).toBeCloseTo(44.5, 3);
      }
    });

    test('keeps the state of the highest offset, whatever is written after it', async () => {
      const store = open();
      await store.save([changesOf(3, 8n, 8)]);
      await store.save([changesOf(3, 4n, 4)]);
      await store.save([changesOf(3, 8n, 8)]);
      const { hours } = await store.loadWindowsSince(
        { partition: 3, epoch: 0 },
        { hours: 0, slices: 0 },
      );
      expect(hours.map((state) => state.window.counters.requests_processed)).toEqual([8]);
      expect((await store.loadPositions([3]))[0]?.nextOffset).toBe(8n);
    });

    test('keeps epochs apart, and answers with the position of the newest', async () => {
      const store = open();
      await store.save([changesOf(4, 8n, 8)]);
      await store.save([changesOf(4, 2n, 2, 1)]);
      expect((await store.loadPositions([4]))[0]).toMatchObject({ epoch: 1, nextOffset: 2n });
      for (const [epoch, processed] of [
        [0, 8],
        [1, 2],
      ] as const) {
        const { hours } = await store.loadWindowsSince(
          { partition: 4, epoch },
          { hours: 0, slices: 0 },
        );
        expect(hours.map((state) => state.window.counters.requests_processed)).toEqual([processed]);
      }
    });

    test('selects windows by start and by key', async () => {
      const store = open();
      await store.save([changesOf(5, 1n, 1)]);
      const owner = { partition: 5, epoch: 0 };
      const later = await store.loadWindowsSince(owner, {
        hours: HOUR_START + HOUR_MS,
        slices: SLICE_START + SLICE_MS,
      });
      expect(later).toEqual({ hours: [], slices: [] });
      const found = await store.loadWindows(owner, {
        hours: [
          { botId: botOf(5), startMs: HOUR_START },
          { botId: botOf(5), startMs: HOUR_START - HOUR_MS },
          { botId: "o'brien", startMs: HOUR_START },
        ],
        slices: [{ botId: botOf(5), startMs: SLICE_START }],
      });
      expect(found.hours.map(({ startMs }) => startMs)).toEqual([HOUR_START]);
      expect(found.slices.map(({ startMs }) => startMs)).toEqual([SLICE_START]);
      const other = await store.loadWindows(
        { partition: 6, epoch: 0 },
        {
          hours: [{ botId: botOf(5), startMs: HOUR_START }],
          slices: [],
        },
      );
      expect(other.hours).toEqual([]);
    });

    test('finds a window among as many keys as a batch can ask for', async () => {
      const store = open();
      await store.save([changesOf(9, 1n, 1)]);
      const others = Array.from({ length: 1_000 }, (_, n) => ({
        botId: `${n}`.padStart(64, '-'),
        startMs: HOUR_START,
      }));
      const keys = [...others, { botId: botOf(9), startMs: HOUR_START }];
      const { hours } = await store.loadWindows(
        { partition: 9, epoch: 0 },
        { hours: keys, slices: [] },
      );
      expect(hours.map(({ botId }) => botId)).toEqual([botOf(9)]);
    });

    test('knows which bots reported before a moment', async () => {
      const store = open();
      await store.save([changesOf(8, 1n, 1)]);
      expect(await store.loadReportingBots(8, SLICE_START)).toEqual([]);
      expect(await store.loadReportingBots(8, SLICE_START + 1)).toContain(botOf(8));
    });

    test('tells reports of the forwarder from those of a bot, whatever their ids', async () => {
      const store = open();
      const reportedBy = (partition: number, change: Partial<WebhookEvent>) => {
        const changes = changesOf(partition, 1n, 1);
        const events = changes.events.map((logged) => ({
          ...logged,
          event: { ...logged.event, event_type: 'processed' as const, ...change },
        }));
        return store.save([{ ...changes, events }]);
      };
      await reportedBy(10, { reported_by: FORWARDER });
      await reportedBy(11, { event_id: '2ed6657d-e927-568b-95e1-2665a8aea6a2' });
      expect(await store.loadReportingBots(10, SLICE_START + 1)).not.toContain(botOf(10));
      expect(await store.loadReportingBots(11, SLICE_START + 1)).toContain(botOf(11));
    });

    test('stores positions beyond 2^53 and a position without a window', async () => {
      const store = open();
      const nextOffset = 2n ** 60n + 1n;
      await store.save([{ ...changesOf(7, nextOffset, 1), events: [], hours: [], slices: [] }]);
      expect((await store.loadPositions([7]))[0]?.nextOffset).toBe(nextOffset);
    });
  });
}
