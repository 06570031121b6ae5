/**
 * The queue of an update: of a queue one update is under way at a time, in order. The keys are
 * Telegram's own (tdlib/telegram-bot-api, `Client.cpp`), so forwarding reorders nothing that a bot
 * could rely on before.
 */

import type { Fields } from '@hookpulse/common/events/update-record';

interface Rule {
  /** Kinds of one family share queues. */
  readonly family: string;
  readonly by: 'chat' | 'user' | 'poll' | 'none';
}

const MESSAGES: Rule = { family: 'message', by: 'chat' };
const BUSINESS: Rule = { family: 'business', by: 'chat' };
const PAYMENTS: Rule = { family: 'payment', by: 'user' };
const MEMBERS: Rule = { family: 'member', by: 'user' };
const BOOSTS: Rule = { family: 'boost', by: 'chat' };
const POLLS: Rule = { family: 'poll', by: 'poll' };

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['message', MESSAGES],
  ['edited_message', MESSAGES],
  ['channel_post', MESSAGES],
  ['edited_channel_post', MESSAGES],
  ['business_message', BUSINESS],
  ['edited_business_message', BUSINESS],
  ['deleted_business_messages', BUSINESS],
  ['callback_query', { family: 'callback', by: 'user' }],
  ['shipping_query', PAYMENTS],
  ['pre_checkout_query', PAYMENTS],
  ['inline_query', { family: 'inline', by: 'user' }],
  ['chosen_inline_result', { family: 'chosen', by: 'user' }],
  ['my_chat_member', { family: 'my_member', by: 'chat' }],
  ['chat_member', MEMBERS],
  ['chat_join_request', MEMBERS],
  ['message_reaction', { family: 'reaction', by: 'chat' }],
  ['message_reaction_count', { family: 'reaction_count', by: 'chat' }],
  ['chat_boost', BOOSTS],
  ['removed_chat_boost', BOOSTS],
  ['business_connection', { family: 'business_connection', by: 'user' }],
  ['purchased_paid_media', { family: 'paid_media', by: 'user' }],
  ['managed_bot', { family: 'managed_bot', by: 'user' }],
  ['guest_message', { family: 'guest', by: 'chat' }],
  ['poll', POLLS],
  ['poll_answer', POLLS],
  ['custom_event', { family: 'custom', by: 'none' }],
  ['custom_query', { family: 'custom', by: 'none' }],
]);

/**
 * Null: a queue of its own, so it waits for nothing. Of a kind that is not known yet, all updates are
 * one queue: order can be given up later, and not brought back.
 * @param kind - such as `message`; null: the update has none
 * @param fields - what stands under the kind
 */
export function queueKey(kind: string | null, fields: Fields): string | null {
  const rule = kind === null ? undefined : RULES.get(kind);
  if (!rule) return `kind:${kind}`;
  if (rule.by === 'none') return null;
  return `${rule.family}:${String(idOf(rule.by, fields))}`;
}

/** Undefined where the update does not say: such updates share a queue. */
function idOf(by: 'chat' | 'user' | 'poll', fields: Fields): unknown {
  switch (by) {
    case 'chat':
      return idIn(fields.chat);
    case 'user':
      return idIn(fields.from) ?? idIn(fields.user);
    case 'poll':
      return fields.poll_id ?? fields.id;
    default:
      return by satisfies never;
  }
}

function idIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
}
