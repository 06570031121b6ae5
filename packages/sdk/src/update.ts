/** What can be read of an update without knowing its kind. */

/** How Telegram names the kinds of updates; anything else is none. */
const UPDATE_TYPE_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

/** `message`, `callback_query`, …: the field beside `update_id`. Null: there is none. */
export function updateType(update: object): string | null {
  for (const name in update) {
    if (name !== 'update_id' && UPDATE_TYPE_PATTERN.test(name)) return name;
  }
  return null;
}

/** Null: it is no update. */
export function updateId(update: unknown): number | null {
  const id = field(update, 'update_id');
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

type By = 'chat' | 'user' | 'poll' | 'none';

/** Kinds of one family share keys. */
const FAMILIES: Readonly<Record<string, readonly [family: string, by: By]>> = {
  message: ['message', 'chat'],
  edited_message: ['message', 'chat'],
  channel_post: ['message', 'chat'],
  edited_channel_post: ['message', 'chat'],
  business_message: ['business', 'chat'],
  edited_business_message: ['business', 'chat'],
  deleted_business_messages: ['business', 'chat'],
  callback_query: ['callback', 'user'],
  shipping_query: ['payment', 'user'],
  pre_checkout_query: ['payment', 'user'],
  inline_query: ['inline', 'user'],
  chosen_inline_result: ['chosen', 'user'],
  my_chat_member: ['my_member', 'chat'],
  chat_member: ['member', 'user'],
  chat_join_request: ['member', 'user'],
  message_reaction: ['reaction', 'chat'],
  message_reaction_count: ['reaction_count', 'chat'],
  chat_boost: ['boost', 'chat'],
  removed_chat_boost: ['boost', 'chat'],
  business_connection: ['business_connection', 'user'],
  purchased_paid_media: ['paid_media', 'user'],
  managed_bot: ['managed_bot', 'user'],
  guest_message: ['guest', 'chat'],
  poll: ['poll', 'poll'],
  poll_answer: ['poll', 'poll'],
  custom_event: ['custom', 'none'],
  custom_query: ['custom', 'none'],
};

/**
 * The key of Telegram's own order: updates with the same key must be handled one after the other, others
 * may overtake them. For messages it is the chat. Null: the update waits for none.
 */
export function chatKey(update: object): string | null {
  const kind = updateType(update);
  const rule = kind !== null && Object.hasOwn(FAMILIES, kind) ? FAMILIES[kind] : undefined;
  // Of a kind that is not known yet, all are one queue: order given up cannot be brought back.
  if (!rule || kind === null) return `kind:${kind}`;
  const [family, by] = rule;
  return by === 'none' ? null : `${family}:${String(idOf(by, field(update, kind)))}`;
}

function idOf(by: 'chat' | 'user' | 'poll', content: unknown): unknown {
  switch (by) {
    case 'chat':
      return field(field(content, 'chat'), 'id');
    case 'user':
      return field(field(content, 'from'), 'id') ?? field(field(content, 'user'), 'id');
    case 'poll':
      return field(content, 'poll_id') ?? field(content, 'id');
    default:
      return by satisfies never;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}
