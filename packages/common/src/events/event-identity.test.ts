import { expect, test } from '@jest/globals';
import { v5 } from 'uuid';
import {
  forwardingEventId,
  invalidUpdateEventId,
  newEventId,
  receivedEventId,
  timeoutEventId,
} from './event-identity.ts';
import { webhookEventValidator } from './webhook-event.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an update has one id, however often it is delivered', () => {
  // Fixed for ever: another value would count anew what is on the log already.
  expect(receivedEventId('my-bot', 10_000)).toBe('d4254b10-15cf-8540-8060-000000002710');
  expect(timeoutEventId('my-bot', -1)).toBe('d4254b10-15cf-8540-809f-ffffffffffff');
});

test('what has no update_id has a version 5 UUID in the namespace of its bot', () => {
  const bot = v5('my-bot', '5d1c6f2e-7d6b-4a35-9f0e-6a2f4b8c1d90');
  for (const what of ['0/17/processed', '0/17/attempt 2', '', 'größer 😀']) {
    expect(forwardingEventId('my-bot', what)).toBe(v5(what, bot));
    expect(invalidUpdateEventId('my-bot', Buffer.from(what))).toBe(v5(what, bot));
  }
});

test('an id is a version 8 UUID that ends in the update_id', () => {
  const id = receivedEventId('my-bot', 0xabcdef);
  expect(UUID.exec(id)?.[1]).toBe('8');
  expect(id.slice(-8)).toBe('00abcdef');
});

test('no two updates of a bot share an id, over the whole range of integers', () => {
  const { MAX_SAFE_INTEGER: max, MIN_SAFE_INTEGER: min } = Number;
  const edges = [
    0,
    -1,
    1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    -(2 ** 32),
    2 ** 48,
    max,
    max - 1,
    min,
    min + 1,
  ];
  const ids = edges.flatMap((edge) => [
    receivedEventId('a', edge),
    timeoutEventId('a', edge),
    receivedEventId('b', edge),
  ]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(UUID);
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
