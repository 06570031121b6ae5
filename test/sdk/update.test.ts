/** The helpers say of an update what Hookpulse's own services say of it. */
import { queueKey } from '@hookpulse/forwarder/domain/queue-key';
import { readUpdate } from '@hookpulse/ingest/domain/update';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chatKey, updateType } from '../../packages/sdk/src/update.ts';

const KINDS = [
  ...['message', 'edited_message', 'channel_post', 'edited_channel_post', 'business_message'],
  ...['edited_business_message', 'deleted_business_messages', 'callback_query', 'shipping_query'],
  ...[
    'pre_checkout_query',
    'inline_query',
    'chosen_inline_result',
    'my_chat_member',
    'chat_member',
  ],
  ...['chat_join_request', 'message_reaction', 'message_reaction_count', 'chat_boost', 'poll'],
  ...['removed_chat_boost', 'business_connection', 'purchased_paid_media', 'managed_bot'],
  ...['guest_message', 'poll_answer', 'custom_event', 'custom_query', 'not_known_yet', 'toString'],
];

const party = fc.option(fc.record({ id: fc.integer() }), { nil: undefined });
const content = fc.record({
  chat: party,
  from: party,
  user: party,
  id: fc.option(fc.string(), { nil: undefined }),
  poll_id: fc.option(fc.string(), { nil: undefined }),
});

test('the key of order is that of the forwarder, and so of Telegram', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), content, (kind, fields) => {
      const update = { update_id: 1, [kind]: fields };
      expect(chatKey(update)).toBe(queueKey(updateType(update), fields));
    }),
  );
});

test('the type is the one that ingest reads', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer(), (fields, update_id) => {
      const update: object = JSON.parse(JSON.stringify({ ...fields, update_id }));
      const reading = readUpdate(JSON.stringify(update));
      if (reading.kind !== 'update') throw new Error(reading.problem);
      expect(updateType(update)).toBe(reading.update.updateType);
    }),
  );
});
