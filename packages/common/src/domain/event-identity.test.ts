import { expect, test } from '@jest/globals';
import { newEventId, receivedEventId, timeoutEventId } from './event-identity.ts';
import { webhookEventValidator } from './webhook-event.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an update has one id, however often it is delivered', () => {
  // Fixed for ever: another value would count anew what is on the log already.
  expect(receivedEventId('my-bot', 10_000)).toBe('26b6affa-6cf9-5290-9667-b7a83c69fe3b');
  expect(UUID.exec(receivedEventId('my-bot', 10_000))?.[1]).toBe('5');
});

test('other bots, other updates and time-outs have other ids', () => {
  const ids = [
    receivedEventId('a', 11),
    receivedEventId('a', 12),
    receivedEventId('b', 11),
    receivedEventId('a', -11),
    timeoutEventId('a', 11),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test('a new id is a v7 that carries its time', () => {
  const nowMs = Date.parse('2026-02-10T20:00:00.123Z');
  const id = newEventId(nowMs);
  expect(UUID.exec(id)?.[1]).toBe('7');
  expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(nowMs);
  expect(newEventId(nowMs)).not.toBe(id);
});

test('every id is one that the log takes', () => {
  for (const event_id of [newEventId(0), receivedEventId('a', 1), timeoutEventId('a', 1)]) {
    const [problem] = webhookEventValidator
      .Errors({ event_id })
      .filter(({ instancePath }) => instancePath === '/event_id');
    expect(problem).toBeUndefined();
  }
});
