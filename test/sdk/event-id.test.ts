import { receivedEventId as idOfIngest } from '@hookpulse/common/events/event-identity';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { validate, version } from 'uuid';
import { botHalf, newEventId, receivedEventId } from '../../packages/sdk/src/event-id.ts';

test('a received event has the id that ingest gives it', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.maxSafeInteger(),
      (bot, updateId) => {
        expect(receivedEventId(botHalf(bot), updateId)).toBe(idOfIngest(bot, updateId));
      },
    ),
  );
});

test('names of every length around a block of SHA-1 have the same id', () => {
  for (let length = 1; length <= 130; length += 1) {
    const bot = 'x'.repeat(length);
    expect(receivedEventId(botHalf(bot), 7)).toBe(idOfIngest(bot, 7));
  }
});

test('a new id is a UUID of version 7 that tells its time', () => {
  const id = newEventId(Date.parse('2026-02-10T20:00:00.123Z'));
  expect([validate(id), version(id)]).toEqual([true, 7]);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(1_770_753_600_123);
  expect(newEventId(0)).not.toBe(newEventId(0));
});
