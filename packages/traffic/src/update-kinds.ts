/** An update of every kind that the Bot API has (https://core.telegram.org/bots/api#update). */
import {
  address,
  channel,
  channelPost,
  content,
  group,
  message,
  poll,
  privateChat,
  token,
  type UpdateContext,
  user,
} from './update-parts.ts';

export interface UpdateKind {
  /** The field of the update beside `update_id`. */
  readonly name: string;
  /** How often it comes, in comparison with the others: as bots of shops and groups see them. */
  readonly weight: number;
  /** The field's value. */
  make(context: UpdateContext): object;
}

export const UPDATE_KINDS: readonly UpdateKind[] = [
  { name: 'message', weight: 560, make: message },
  {
    name: 'edited_message',
    weight: 20,
    make: (context) => ({ ...message(context), ...edited(context) }),
  },
  { name: 'channel_post', weight: 15, make: channelPost },
  {
    name: 'edited_channel_post',
    weight: 3,
    make: (context) => ({ ...channelPost(context), ...edited(context) }),
  },
  { name: 'business_connection', weight: 1, make: businessConnection },
  {
    name: 'business_message',
    weight: 8,
    make: (context) => ({ ...message(context), ...business(context) }),
  },
  {
    name: 'edited_business_message',
    weight: 2,
    make: (context) => ({ ...message(context), ...business(context), ...edited(context) }),
  },
  {
    name: 'deleted_business_messages',
    weight: 1,
    make: (context) => ({
      ...business(context),
      chat: privateChat(user(context)),
      message_ids: [context.random.integer(1, 9_999_999)],
    }),
  },
  { name: 'guest_message', weight: 1, make: message },
  { name: 'message_reaction', weight: 20, make: reaction },
  { name: 'message_reaction_count', weight: 4, make: reactionCount },
  {
    name: 'inline_query',
    weight: 60,
    make: (context) => ({ ...query(context), query: 'cats', offset: '' }),
  },
  {
    name: 'chosen_inline_result',
    weight: 15,
    make: (context) => ({ result_id: '3', from: user(context), query: 'cats' }),
  },
  { name: 'callback_query', weight: 230, make: callback },
  {
    name: 'shipping_query',
    weight: 2,
    make: (context) => ({
      ...query(context),
      invoice_payload: 'order-4711',
      shipping_address: address(),
    }),
  },
  {
    name: 'pre_checkout_query',
    weight: 4,
    make: (context) => ({
      ...query(context),
      currency: 'EUR',
      total_amount: 1_990,
      invoice_payload: 'order-4711',
    }),
  },
  {
    name: 'purchased_paid_media',
    weight: 1,
    make: (context) => ({ from: user(context), paid_media_payload: 'album-7' }),
  },
  { name: 'poll', weight: 3, make: poll },
  {
    name: 'poll_answer',
    weight: 8,
    make: (context) => ({
      poll_id: poll(context).id,
      user: user(context),
      option_ids: [context.random.integer(0, 2)],
    }),
  },
  { name: 'my_chat_member', weight: 8, make: memberChange },
  { name: 'chat_member', weight: 12, make: memberChange },
  { name: 'chat_join_request', weight: 5, make: joinRequest },
  {
    name: 'chat_boost',
    weight: 1,
    make: (context) => ({
      chat: channel(context),
      boost: {
        ...boost(context),
        add_date: context.nowSeconds,
        expiration_date: context.nowSeconds + 2_592_000,
      },
    }),
  },
  {
    name: 'removed_chat_boost',
    weight: 1,
    make: (context) => ({
      chat: channel(context),
      ...boost(context),
      remove_date: context.nowSeconds,
    }),
  },
  {
    name: 'managed_bot',
    weight: 1,
    make: (context) => ({ user: user(context), bot: { ...user(context), is_bot: true } }),
  },
  {
    name: 'subscription',
    weight: 1,
    make: (context) => ({ user: user(context), state: 'active' }),
  },
  {
    name: 'stopped_message_generation',
    weight: 1,
    make: (context) => ({ chat: privateChat(user(context)), draft_id: 1 }),
  },
];

function edited({ nowSeconds }: UpdateContext) {
  return { edit_date: nowSeconds };
}

function business({ random }: UpdateContext) {
  return { business_connection_id: token(random, 24) };
}

function businessConnection(context: UpdateContext) {
  const owner = user(context);
  const { nowSeconds: date, random } = context;
  return { id: token(random, 24), user: owner, user_chat_id: owner.id, date, is_enabled: true };
}

function query(context: UpdateContext) {
  return { id: String(context.random.integer(1, 2_000_000_000)), from: user(context) };
}

/** A button that was pressed under a message of the bot's. */
function callback(context: UpdateContext) {
  const { random, nowSeconds } = context;
  const asked = query(context);
  const bot = { id: random.integer(100_000, 2_000_000_000), is_bot: true, first_name: 'The bot' };
  const sent = { message_id: random.integer(1, 9_999_999), date: nowSeconds - 60, from: bot };
  return {
    ...asked,
    message: { ...sent, chat: privateChat(asked.from), ...content(context) },
    chat_instance: token(random, 19),
    data: random.pick(['menu:main', 'page:2', 'order:4711:confirm', 'rate:5']),
  };
}

function reaction(context: UpdateContext) {
  const { random, nowSeconds: date } = context;
  const new_reaction = [{ type: 'emoji', emoji: random.pick(['👍', '❤', '🔥', '😁']) }];
  const at = { chat: group(context), message_id: random.integer(1, 9_999_999), date };
  return { ...at, user: user(context), old_reaction: [], new_reaction };
}

function reactionCount(context: UpdateContext) {
  const { random, nowSeconds: date } = context;
  const reactions = [{ type: { type: 'emoji', emoji: '👍' }, total_count: random.integer(1, 900) }];
  return { chat: channel(context), message_id: random.integer(1, 9_999_999), date, reactions };
}

function memberChange(context: UpdateContext) {
  const from = user(context);
  const [before, after] = context.random.pick([
    ['left', 'member'],
    ['member', 'left'],
    ['member', 'kicked'],
  ] as const);
  return {
    chat: group(context),
    from,
    date: context.nowSeconds,
    old_chat_member: { status: before, user: from },
    new_chat_member: { status: after, user: from },
  };
}

function joinRequest(context: UpdateContext) {
  const from = user(context);
  return { chat: group(context), from, user_chat_id: from.id, date: context.nowSeconds };
}

function boost(context: UpdateContext) {
  return {
    boost_id: token(context.random, 24),
    source: { source: 'premium', user: user(context) },
  };
}
