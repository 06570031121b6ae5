/** Records of public topics as CloudEvents 1.0. */
import { receivedEventId } from '@hookpulse/common/events/event-identity';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  deadLetterHeaders,
  eventHeaders,
  eventMessage,
  replayHeaders,
  updateHeaders,
  updateHttpHeaders,
} from './record-headers.ts';

const AT = '2026-02-10T20:00:00.120Z';

test('an event is a CloudEvent in binary mode, and its value is the event alone', () => {
  const event = sampleEvent({ event_type: 'processed', status: 'success' });
  expect(eventMessage(event)).toEqual({
    topic: 'webhook.events',
    key: event.bot_id,
    value: JSON.stringify(event),
    headers: {
      schema: 'webhook.events.v1',
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_type: 'hookpulse.event.processed',
      ce_id: event.event_id,
      ce_source: `/bots/${event.bot_id}/events`,
      ce_time: event.timestamp,
    },
  });
});

test('source and id name one fact', () => {
  const botId = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
  fc.assert(
    fc.property(
      botId,
      fc.maxSafeInteger(),
      botId,
      fc.maxSafeInteger(),
      (bot, id, other, otherId) => {
        const name = (of: string, updateId: number) => {
          const { ce_source, ce_id } = updateHeaders(receivedEventId(of, updateId), of, AT);
          return `${ce_source} ${ce_id}`;
        };
        expect(name(bot, id) === name(other, otherId)).toBe(bot === other && id === otherId);
        const { ce_source: ofEvents } = eventHeaders('received', receivedEventId(bot, id), bot, AT);
        expect(name(bot, id).startsWith(`${ofEvents} `)).toBe(false);
      },
    ),
  );
});

test('a replayed update is another fact, on the log and over HTTP alike', () => {
  const id = receivedEventId('orders', 7);
  const given = updateHeaders(id, 'orders', AT);
  expect(replayHeaders(given, 'r1')).toEqual({ ...given, ce_id: `${id}/r1`, 'replay-id': 'r1' });
  expect(updateHttpHeaders(id, 'orders', AT, 'r1')).toMatchObject({ 'ce-id': `${id}/r1` });
  expect(updateHttpHeaders(id, 'orders', AT, null)).toEqual({
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-type': 'telegram.update',
    'ce-id': id,
    'ce-source': '/bots/orders/updates',
    'ce-time': AT,
  });
});

test('what was written before there were attributes is replayed without them', () => {
  expect(replayHeaders({ schema: 'telegram.updates.v1' }, 'r1')).toEqual({
    schema: 'telegram.updates.v1',
    'replay-id': 'r1',
  });
});

test('a dead letter says where it was found', () => {
  expect(deadLetterHeaders('webhook.events', 3, 12n)).toMatchObject({
    ce_id: 'webhook.events/3/12',
    ce_type: 'hookpulse.dead_letter',
  });
});
