import { describe, expect, test } from '@jest/globals';
import type { EventType, WebhookEvent } from '../events/webhook-event.ts';
import { sampleEvent } from '../testing/sample-event.ts';
import { HOUR_MS } from '../values/durations.ts';
import {
  addEvent,
  addWindow,
  averageMs,
  emptyWindow,
  SLICE_MS,
  snapshotWindow,
  windowStart,
} from './window.ts';

function event(event_type: EventType, fields: Partial<WebhookEvent> = {}): WebhookEvent {
  return sampleEvent({ event_type, ...fields });
}

test.each([
  ['2026-02-10T20:59:59.999Z', HOUR_MS, '2026-02-10T20:00:00.000Z'],
  ['2026-02-10T21:00:00.000Z', HOUR_MS, '2026-02-10T21:00:00.000Z'],
  ['2026-02-10T20:00:09.999Z', SLICE_MS, '2026-02-10T20:00:00.000Z'],
  ['2026-02-10T20:00:10.000Z', SLICE_MS, '2026-02-10T20:00:10.000Z'],
  ['1969-12-31T23:59:59.999Z', HOUR_MS, '1969-12-31T23:00:00.000Z'],
])('%s is in the window of %i ms from %s', (moment, sizeMs, start) => {
  expect(new Date(windowStart(Date.parse(moment), sizeMs)).toISOString()).toBe(start);
});

describe('durations', () => {
  test('of processing are those of processed and error events that carry one', () => {
    const window = emptyWindow();
    addEvent(window, event('processed', { processing_time_ms: 10 }), 1);
    addEvent(window, event('error', { processing_time_ms: 30 }), 2);
    addEvent(window, event('processed'), 3);
    addEvent(window, event('received', { processing_time_ms: 1_000 }), 4);
    expect(window.processing).toEqual({ sumMs: 40, count: 2 });
    expect(averageMs(window.processing)).toBe(20);
    expect(window.latency.count).toBe(2);
  });

  test('of 0 ms are measured, and none is null, never 0', () => {
    const window = emptyWindow();
    expect(averageMs(window.processing)).toBeNull();
    expect(snapshotWindow(window)).toMatchObject({ p50Ms: null, p95Ms: null, p99Ms: null });
    addEvent(window, event('processed', { processing_time_ms: 0 }), 1);
    expect(averageMs(window.processing)).toBe(0);
    expect(snapshotWindow(window).p99Ms).toBe(0);
  });

  test('beyond all measure do not make the average infinite', () => {
    const window = emptyWindow();
    for (let n = 0; n < 3; n += 1) {
      addEvent(window, event('processed', { processing_time_ms: Number.MAX_VALUE }), 1);
    }
    expect(averageMs(window.processing)).toBe(1e15);
  });

  test('of responses are those of any event that carries one', () => {
    const window = emptyWindow();
    addEvent(window, event('response_sent', { response_time_ms: 12.5 }), 1);
    addEvent(window, event('processed', { response_time_ms: 7.5 }), 1);
    expect(averageMs(window.response)).toBe(10);
  });
});

test('the last event is the latest in time, not the last that came', () => {
  const window = emptyWindow();
  for (const timestampMs of [500, 900, 100]) addEvent(window, event('retry'), timestampMs);
  expect(window.lastEventMs).toBe(900);
});

test('windows add up to what all their events add up to', () => {
  const whole = emptyWindow();
  const parts = [emptyWindow(), emptyWindow(), emptyWindow()];
  for (let n = 0; n < 30; n += 1) {
    const one = event(n % 5 === 0 ? 'error' : 'processed', {
      processing_time_ms: n,
      response_time_ms: n / 2,
    });
    addEvent(whole, one, n);
    const part = parts[n % 3];
    if (part) addEvent(part, one, n);
  }
  const sum = emptyWindow();
  for (const part of parts) addWindow(sum, part);
  const { digest: _order, ...expected } = snapshotWindow(whole);
  expect(snapshotWindow(sum)).toMatchObject(expected);
});

test('a snapshot does not change while the window goes on', () => {
  const window = emptyWindow();
  addEvent(window, event('processed', { processing_time_ms: 5, response_time_ms: 5 }), 1);
  const snapshot = snapshotWindow(window);
  const copy = structuredClone(snapshot);
  addEvent(window, event('processed', { processing_time_ms: 50, response_time_ms: 50 }), 2);
  expect(snapshot).toEqual(copy);
});
