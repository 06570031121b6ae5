import type { Fields } from '@hookpulse/common/events/update-record';
import { describe, expect, test } from '@jest/globals';
import { queueKey } from './queue-key.ts';

const chat = (id: number): Fields => ({ chat: { id }, from: { id: 77 } });
const user = (id: number): Fields => ({ from: { id }, chat: { id: 88 } });
const poll = (id: string): Fields => ({ id });

/** Kinds of one row share queues; of different rows none. */
const ROWS: readonly (readonly [kinds: readonly string[], of: (id: number) => Fields])[] = [
  [['message', 'edited_message', 'channel_post', 'edited_channel_post'], chat],
  [['business_message', 'edited_business_message', 'deleted_business_messages'], chat],
  [['callback_query'], user],
  [['shipping_query', 'pre_checkout_query'], user],
  [['inline_query'], user],
  [['chosen_inline_result'], user],
  [['my_chat_member'], chat],
  [['chat_member', 'chat_join_request'], user],
  [['message_reaction'], chat],
  [['message_reaction_count'], chat],
  [['chat_boost', 'removed_chat_boost'], chat],
  [['business_connection'], (id) => ({ user: { id } })],
  [['purchased_paid_media'], user],
  [['managed_bot'], user],
  [['guest_message'], chat],
  [['poll'], (id) => poll(String(id))],
];

describe.each(ROWS)('%j', (kinds, of) => {
  test('have one queue for each id, and share it', () => {
    const keys = kinds.map((kind) => queueKey(kind, of(1)));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).not.toBeNull();
    expect(queueKey(kinds[0] ?? '', of(2))).not.toBe(keys[0]);
  });

  test('share it with no other row', () => {
    const own = queueKey(kinds[0] ?? '', of(1));
    const others = ROWS.filter(([other]) => other !== kinds).map(([[kind = ''], other]) =>
      queueKey(kind, other(1)),
    );
    expect(others).not.toContain(own);
  });
});

test('an answer to a poll has the queue of the poll', () => {
  expect(queueKey('poll_answer', { poll_id: '5', user: { id: 1 } })).toBe(
    queueKey('poll', poll('5')),
  );
});

test.each(['custom_event', 'custom_query'])('%s waits for nothing', (kind) => {
  expect(queueKey(kind, { id: 1 })).toBeNull();
});

test('updates of an unknown kind keep their order', () => {
  expect(queueKey('brand_new', chat(1))).toBe(queueKey('brand_new', chat(2)));
  expect(queueKey(null, {})).not.toBeNull();
  expect(queueKey('message', {})).toBe(queueKey('message', { chat: null }));
});
