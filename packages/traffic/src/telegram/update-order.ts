/**
 * What Telegram does with an update before its delivery: which queue it waits in, and when it expires. As
 * in the public Bot API server (tdlib/telegram-bot-api, `Client.cpp`, `WebhookActor.cpp`).
 */

const QUERY_LIFETIME_SECONDS = 150;
const INLINE_LIFETIME_SECONDS = 30;
const CHOSEN_LIFETIME_SECONDS = 600;
const LIFETIME_SECONDS = 86_400;

/** Kinds that are delivered only if `allowed_updates` names them. */
export const KINDS_ON_REQUEST: ReadonlySet<string> = new Set([
  'chat_member',
  'message_reaction',
  'message_reaction_count',
]);

type Fields = Readonly<Record<string, unknown>>;

/** Of a queue one update is under way at a time. Null: the update is a queue of its own. */
export function queueOf(kind: string, value: object): string | null {
  const fields = fieldsOf(value);
  const chat = idIn(fields.chat);
  const user = idIn(fields.from ?? fields.user);
  switch (kind) {
    case 'message':
    case 'edited_message':
    case 'channel_post':
    case 'edited_channel_post':
      return `messages of ${chat}`;
    case 'business_message':
    case 'edited_business_message':
    case 'deleted_business_messages':
      return `business messages of ${chat}`;
    case 'shipping_query':
    case 'pre_checkout_query':
      return `payments of ${user}`;
    case 'chat_member':
    case 'chat_join_request':
      return `members of ${user}`;
    case 'chat_boost':
    case 'removed_chat_boost':
      return `boosts of ${chat}`;
    case 'callback_query':
    case 'inline_query':
    case 'chosen_inline_result':
    case 'business_connection':
    case 'purchased_paid_media':
    case 'managed_bot':
      return `${kind} of ${user}`;
    case 'my_chat_member':
    case 'message_reaction':
    case 'message_reaction_count':
    case 'guest_message':
      return `${kind} of ${chat}`;
    case 'poll':
      return `poll ${String(fields.id)}`;
    case 'poll_answer':
      return `poll ${String(fields.poll_id)}`;
    default:
      return null;
  }
}

/** Seconds from now until the update is dropped; a message counts from when it was written or edited. */
export function secondsLeft(kind: string, value: object, nowMs: number): number {
  switch (kind) {
    case 'callback_query':
    case 'shipping_query':
    case 'pre_checkout_query':
      return QUERY_LIFETIME_SECONDS;
    case 'inline_query':
      return INLINE_LIFETIME_SECONDS;
    case 'chosen_inline_result':
      return CHOSEN_LIFETIME_SECONDS;
    default: {
      const { date, edit_date } = fieldsOf(value);
      const written = edit_date ?? date;
      const age = typeof written === 'number' ? nowMs / 1_000 - written : 0;
      return LIFETIME_SECONDS - age;
    }
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function idIn(value: unknown): string {
  return String(fieldsOf(value).id);
}
