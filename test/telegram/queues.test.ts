/** That the forwarder lets overtake what Telegram's stand-in lets overtake, and nothing else. */
import { queueKey } from '@hookpulse/forwarder/domain/queue-key';
import { queueOf } from '@hookpulse/traffic/telegram/update-order';
import { expect, test } from '@jest/globals';

const KINDS = [
  ...['message', 'edited_message', 'channel_post', 'edited_channel_post'],
  ...['business_message', 'edited_business_message', 'deleted_business_messages'],
  ...['callback_query', 'shipping_query', 'pre_checkout_query'],
  ...['inline_query', 'chosen_inline_result'],
  ...['my_chat_member', 'chat_member', 'chat_join_request'],
  ...['message_reaction', 'message_reaction_count', 'chat_boost', 'removed_chat_boost'],
  ...['business_connection', 'purchased_paid_media', 'managed_bot', 'guest_message'],
  ...['poll', 'poll_answer', 'custom_event', 'custom_query'],
];

const fieldsOf = (id: number) => ({ id, poll_id: id, chat: { id }, from: { id }, user: { id } });

test.each(KINDS)('%s waits for the same kinds in both', (kind) => {
  for (const other of KINDS) {
    for (const [id, otherId] of [
      [1, 1],
      [1, 2],
    ] as const) {
      const ofTelegram = queueOf(kind, fieldsOf(id));
      const ofForwarder = queueKey(kind, fieldsOf(id));
      const waitsAtTelegram =
        ofTelegram !== null && ofTelegram === queueOf(other, fieldsOf(otherId));
      const waitsHere = ofForwarder !== null && ofForwarder === queueKey(other, fieldsOf(otherId));
      expect([kind, other, id === otherId, waitsHere]).toEqual([
        kind,
        other,
        id === otherId,
        waitsAtTelegram,
      ]);
    }
  }
});
