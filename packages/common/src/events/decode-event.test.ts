import { expect, test } from '@jest/globals';
import { sampleEvent } from '../testing/sample-event.ts';
import { decodeEvent } from './decode-event.ts';

const EVENT = sampleEvent({ timestamp: '2026-02-10T20:00:00.123Z' });

test('reads an event and its time', () => {
  const decoded = decodeEvent(JSON.stringify(EVENT));
  expect(decoded).toEqual({
    readable: true,
    event: EVENT,
    eventTimeMs: Date.parse('2026-02-10T20:00:00.123Z'),
  });
});

test('reads escaped characters', () => {
  const text = JSON.stringify(EVENT).replace(
    '"error_message":null',
    '"error_message":"\\ud83d\\ude80\\u0000"',
  );
  expect(decodeEvent(text)).toMatchObject({ event: { error_message: '🚀\u0000' } });
});

test('lets fields through that a later version adds', () => {
  expect(decodeEvent(JSON.stringify({ ...EVENT, added_later: 1 })).readable).toBe(true);
});

test.each(['2026-01-29T00:00:00.000Z', '2026-12-31T23:59:59.999Z', '2028-02-29T12:00:00.000Z'])(
  'reads %s, which not every month has',
  (timestamp) => {
    expect(decodeEvent(JSON.stringify({ ...EVENT, timestamp }))).toMatchObject({ readable: true });
  },
);

test.each([
  ['a tombstone', null, 'no value'],
  ['no JSON', '{', 'not JSON'],
  ['another type of value', '[]', 'object'],
  ['a missing field', JSON.stringify({ ...EVENT, bot_id: undefined }), 'bot_id'],
  ['an unknown type', JSON.stringify({ ...EVENT, event_type: 'vanished' }), 'event_type'],
  ['a bad bot', JSON.stringify({ ...EVENT, bot_id: 'no spaces' }), 'bot_id'],
  [
    'a negative duration',
    JSON.stringify({ ...EVENT, processing_time_ms: -1 }),
    'processing_time_ms',
  ],
  [
    'a duration beyond numbers',
    JSON.stringify(EVENT).replace('"processing_time_ms":null', '"processing_time_ms":1e999'),
    'processing_time_ms',
  ],
  [
    'a time without a zone',
    JSON.stringify({ ...EVENT, timestamp: '2026-02-10T20:00:00.123' }),
    'timestamp',
  ],
  [
    'a time that is none',
    JSON.stringify({ ...EVENT, timestamp: '2026-02-40T20:00:00.123Z' }),
    'timestamp',
  ],
  [
    'a day that its month does not have',
    JSON.stringify({ ...EVENT, timestamp: '2026-02-30T20:00:00.123Z' }),
    'not a real date',
  ],
  [
    "24 o'clock, which is the next day",
    JSON.stringify({ ...EVENT, timestamp: '2026-12-31T24:00:00.000Z' }),
    'timestamp',
  ],
  [
    'a time before 1970',
    JSON.stringify({ ...EVENT, timestamp: '1969-12-31T23:59:59.999Z' }),
    'stored',
  ],
  [
    'a time after what can be stored',
    JSON.stringify({ ...EVENT, timestamp: '2106-02-07T06:28:16.000Z' }),
    'stored',
  ],
  ['half of a surrogate pair', JSON.stringify({ ...EVENT, error_message: '\ud83d' }), 'surrogate'],
])('refuses %s with its reason', (_name, text, reason) => {
  const decoded = decodeEvent(text);
  if (decoded.readable) throw new Error('it was read');
  expect(decoded.reason).toContain(reason);
});
