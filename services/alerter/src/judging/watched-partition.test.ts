/** One partition, and clocks that are wrong. */

import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import type { LogBatch } from '@hookpulse/event-log/event-log';
import { logBatch } from '@hookpulse/event-log/testing/log-batch';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { windowShape } from '../domain/window-shape.ts';
import { WatchedPartition } from './watched-partition.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
/** Everything counts. */
const ALL = { slowLimitMs: null, sinceMs: 0 };
const START = { partition: 0, offset: 0n, sinceMs: NOW_MS - HOUR_MS, assignedMs: NOW_MS };

/** An event of bot `a`. */
function batchOf(offset: bigint, happenedMs: number, logTimeMs: number): LogBatch {
  const event = sampleEvent({
    bot_id: 'a',
    event_id: `00000000-0000-4000-8000-${String(offset).padStart(12, '0')}`,
    timestamp: new Date(happenedMs).toISOString(),
  });
  const value = new TextEncoder().encode(JSON.stringify(event));
  const place = { topic: EVENTS_TOPIC, partition: 0 };
  const message = { ...place, offset, timestampMs: logTimeMs, key: 'a', value, headers: {} };
  return logBatch(place, [message]);
}

test('the time of a log that is far ahead is not believed: it stands still until that time has come', () => {
  const watched = new WatchedPartition(START, windowShape(15 * MINUTE_MS));
  const aheadMs = NOW_MS + HOUR_MS;
  watched.fold(batchOf(0n, aheadMs, aheadMs), () => ALL, aheadMs);
  watched.watermark.told(1n, aheadMs);
  expect(watched.judgedAsOfMs).toBe(aheadMs);
  // The clock was set right, and the window read again.
  expect(watched.isAheadOf(NOW_MS)).toBe(true);
  const again = new WatchedPartition(START, windowShape(15 * MINUTE_MS));
  again.fold(batchOf(0n, aheadMs, aheadMs), () => ALL, NOW_MS);
  const tally = again.fold(batchOf(1n, NOW_MS, aheadMs), () => ALL, NOW_MS);
  again.watermark.told(2n, NOW_MS);
  expect(tally).toMatchObject({ counted: 1, late: 0 });
  expect(again.isAheadOf(NOW_MS)).toBe(false);
  expect(again.judgedAsOfMs).toBe(NOW_MS);
  expect(again.facts('a', NOW_MS)).toMatchObject({ events: 2, lastEventMs: NOW_MS });
});

test('that of a log that is a little ahead is', () => {
  const watched = new WatchedPartition(START, windowShape(15 * MINUTE_MS));
  watched.fold(batchOf(0n, NOW_MS, NOW_MS + MINUTE_MS), () => ALL, NOW_MS);
  watched.watermark.told(1n, NOW_MS);
  expect(watched.judgedAsOfMs).toBe(NOW_MS + MINUTE_MS);
});

test('a clock that is set back is noticed also across a rebalance', () => {
  const watched = new WatchedPartition(START, windowShape(15 * MINUTE_MS));
  watched.watermark.told(0n, NOW_MS + HOUR_MS);
  expect(watched.isAheadOf(NOW_MS + HOUR_MS - 1_000)).toBe(false);
  watched.resume(NOW_MS + MINUTE_MS);
  expect(watched.isAheadOf(NOW_MS + MINUTE_MS)).toBe(true);
});
