import { describe, expect, test } from '@jest/globals';
import type { EventStatus, EventType, WebhookEvent } from '../events/webhook-event.ts';
import { sampleEvent } from '../testing/sample-event.ts';
import {
  addCounters,
  type Counters,
  countEvent,
  emptyCounters,
  errorRate,
  errorsOf,
  eventsOf,
  formatRate,
} from './counters.ts';

function event(
  event_type: EventType,
  status: EventStatus,
  error_type: string | null = null,
): WebhookEvent {
  return sampleEvent({ event_type, status, error_type });
}

describe('countEvent', () => {
  test.each<[WebhookEvent, Partial<Counters>]>([
    [event('received', 'success'), { requests_received: 1 }],
    [event('received', 'pending'), { requests_received: 1 }],
    [event('received', 'failed'), { requests_received: 1, requests_failed: 1 }],
    [
      event('received', 'failed', 'InvalidSignature'),
      { requests_received: 1, requests_failed: 1, signature_validation_failures: 1 },
    ],
    [event('processed', 'success'), { requests_processed: 1 }],
    [event('error', 'failed', 'Timeout'), { requests_failed: 1, timeout_errors: 1 }],
    [event('error', 'failed', 'ValueError'), { requests_failed: 1, processing_errors: 1 }],
    [event('error', 'failed', null), { requests_failed: 1, processing_errors: 1 }],
    // Only a delivery can fail its signature.
    [event('error', 'failed', 'InvalidSignature'), { requests_failed: 1, processing_errors: 1 }],
    [event('response_sent', 'success'), { responses_sent: 1 }],
    [event('response_sent', 'failed'), {}],
    [event('retry', 'pending'), { retries: 1 }],
  ])('%#: %j', (one, expected) => {
    const counters = emptyCounters();
    countEvent(counters, one);
    expect(counters).toEqual({ ...emptyCounters(), ...expected });
  });
});

test('counters of two spans add up', () => {
  const sum = emptyCounters();
  const part = emptyCounters();
  countEvent(part, event('received', 'failed', 'InvalidSignature'));
  countEvent(part, event('retry', 'pending'));
  addCounters(sum, part);
  addCounters(sum, part);
  expect(sum).toEqual({
    ...emptyCounters(),
    requests_received: 2,
    requests_failed: 2,
    signature_validation_failures: 2,
    retries: 2,
  });
});

test.each([
  // One update that was received and processed is one event.
  [{ requests_received: 1, requests_processed: 1, requests_failed: 0 }, 1, 0],
  // A bot that only reports, and one that only receives.
  [{ requests_received: 0, requests_processed: 7, requests_failed: 3 }, 10, 3],
  [{ requests_received: 9, requests_processed: 0, requests_failed: 0 }, 9, 0],
  [{ requests_received: 8, requests_processed: 4, requests_failed: 3 }, 8, 3],
])('of %j there are %i events and %i errors', (counters, events, errors) => {
  expect(eventsOf(counters)).toBe(events);
  expect(errorsOf(counters)).toBe(errors);
});

test.each([
  [0, 0, '0.0%'],
  [2, 150, '1.3%'],
  [15, 100, '15.0%'],
  [3, 8, '37.5%'],
  [1, 1, '100.0%'],
])('%i errors of %i events are %s', (errors, events, rate) => {
  expect(formatRate(errorRate(errors, events))).toBe(rate);
});
