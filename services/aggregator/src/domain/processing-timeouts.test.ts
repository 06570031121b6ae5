import type { EventType, WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { webhookEventValidator } from '@hookpulse/common/events/webhook-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { expect, test } from '@jest/globals';
import { ProcessingTimeouts, timeoutEvent } from './processing-timeouts.ts';

const TIMEOUT_MS = 30_000;

function event(event_type: EventType, update_id: number | null, bot_id = 'bot'): WebhookEvent {
  return sampleEvent({ event_type, update_id, bot_id });
}

function overdueIds(timeouts: ProcessingTimeouts, nowMs: number): number[] {
  return timeouts.overdue(nowMs).map(({ updateId }) => updateId);
}

test('an update is overdue when its time has passed, and until that is on the log', () => {
  const timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
  timeouts.observe(event('received', 1), 1_000);
  expect(overdueIds(timeouts, 30_999)).toEqual([]);
  expect(overdueIds(timeouts, 31_000)).toEqual([1]);
  expect(overdueIds(timeouts, 32_000)).toEqual([1]);
  const [overdue] = timeouts.overdue(32_000);
  if (!overdue) throw new Error('nothing is overdue');
  timeouts.observe(timeoutEvent(overdue), 32_000);
  expect(overdueIds(timeouts, 99_000)).toEqual([]);
});

test.each(['processed', 'error'] as const)(
  'a report of type %s settles its update alone',
  (type) => {
    const timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
    timeouts.observe(event('received', 1), 0);
    timeouts.observe(event('received', 2), 0);
    timeouts.observe(event(type, 1), 0);
    timeouts.observe(event('response_sent', 2), 0);
    timeouts.observe(event('retry', 2), 0);
    timeouts.observe(event(type, 2, 'another'), 0);
    expect(overdueIds(timeouts, TIMEOUT_MS)).toEqual([2]);
  },
);

test('a bot that never reported has no timeouts; from its first report on it has', () => {
  const timeouts = new ProcessingTimeouts(TIMEOUT_MS, []);
  timeouts.observe(event('received', 1), 0);
  timeouts.observe(event('processed', null), 0);
  timeouts.observe(event('received', 2), 0);
  expect(overdueIds(timeouts, TIMEOUT_MS)).toEqual([2]);
});

test('a report that stands on the log before its update settles it all the same', () => {
  const timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
  timeouts.observe(event('processed', 1), 0);
  timeouts.observe(event('received', 1), 100);
  timeouts.observe(event('received', 2), 100);
  expect(overdueIds(timeouts, TIMEOUT_MS + 100)).toEqual([2]);
});

test('a report waits for its update as long as the log says, however late that is judged', () => {
  const timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
  timeouts.observe(event('processed', 1), 0);
  timeouts.observe(event('processed', 2), TIMEOUT_MS);
  expect(overdueIds(timeouts, 10 * TIMEOUT_MS)).toEqual([]);
  timeouts.observe(event('received', 1), TIMEOUT_MS);
  timeouts.observe(event('received', 2), TIMEOUT_MS + 100);
  expect(overdueIds(timeouts, 10 * TIMEOUT_MS)).toEqual([1]);
});

test('a delivery with a wrong secret was never to be processed', () => {
  const timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
  timeouts.observe({ ...event('received', 1), status: 'failed' }, 0);
  expect(overdueIds(timeouts, TIMEOUT_MS)).toEqual([]);
});

test('the time-out is an event that the log takes, the same each time', () => {
  const timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
  timeouts.observe(event('received', 7), Date.parse('2026-02-10T20:00:00.000Z'));
  const [overdue] = timeouts.overdue(Date.parse('2026-02-10T21:00:00.000Z'));
  if (!overdue) throw new Error('nothing is overdue');
  const announced = timeoutEvent(overdue);
  expect(webhookEventValidator.Check(announced)).toBe(true);
  expect(announced).toMatchObject({
    event_type: 'error',
    status: 'failed',
    error_type: 'Timeout',
    update_id: 7,
    timestamp: '2026-02-10T20:00:30.000Z',
  });
  expect(timeoutEvent(overdue)).toEqual(announced);
});

test('of a bot that was erased nothing is overdue, until it reports again', () => {
  const timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
  timeouts.observe(event('received', 1), 0);
  timeouts.forget('bot');
  timeouts.observe(event('received', 2), 0);
  expect(overdueIds(timeouts, TIMEOUT_MS)).toEqual([]);
  timeouts.observe(event('processed', null), 0);
  timeouts.observe(event('received', 3), 0);
  expect(overdueIds(timeouts, TIMEOUT_MS)).toEqual([3]);
});

test('of a bot whose updates are forwarded nothing is overdue: the forwarder says it', () => {
  const timeouts = new ProcessingTimeouts(TIMEOUT_MS, ['bot']);
  timeouts.observe(event('received', 1), 0);
  timeouts.observe(event('received', 2), 0);
  timeouts.observe({ ...event('error', 1), reported_by: 'forwarder' }, 0);
  timeouts.observe(event('received', 3), 0);
  expect(overdueIds(timeouts, TIMEOUT_MS)).toEqual([]);
  // As soon as it reports by itself, it is expected to.
  timeouts.observe(event('processed', 3), 0);
  timeouts.observe(event('received', 4), 0);
  expect(overdueIds(timeouts, TIMEOUT_MS)).toEqual([4]);
});
