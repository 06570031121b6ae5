/** What updates are made of: people, chats and messages (https://core.telegram.org/bots/api#available-types). */
import type { Random } from './random.ts';

/** What an update is made from. */
export interface UpdateContext {
  readonly random: Random;
  readonly updateId: number;
  /** Seconds since the epoch, as Telegram has it. */
  readonly nowSeconds: number;
}

const FIRST_NAMES = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Emre', 'Fatima', 'Grace', 'Hiro', '李雷'];
const LAST_NAMES = [
  'Álvarez',
  'Becker',
  'Ivanova',
  'Kaya',
  'Lovelace',
  'Nguyen',
  'Okafor',
  'Rossi',
];
const LANGUAGES = ['en', 'de', 'ru', 'tr', 'pt-br', 'uk', 'fa', 'zh-hans'];
const GROUP_TITLES = [
  'Release train',
  'Neighbours',
  'Chess club 4b',
  'Ops on call',
  'Книжный клуб',
];
const CHANNEL_TITLES = ['Daily digest', 'Harbour weather', 'Price watch', 'Новости'];
const TEXTS = [
  '/start',
  '/help',
  '/settings notifications off',
  'Thanks, that worked! 🎉',
  'When does my order arrive?',
  'Was kostet der Versand nach Österreich?',
  'Как изменить адрес доставки?',
  'Please call me back after 6 pm.',
  'https://example.com/orders/4711?from=telegram',
  'The photo above is from this morning; the one below from last week. Do you see the difference?',
];

export function user({ random }: UpdateContext) {
  const id = random.integer(100_000, 7_999_999_999);
  return {
    id,
    is_bot: false,
    first_name: random.pick(FIRST_NAMES),
    last_name: random.pick(LAST_NAMES),
    username: `user${id % 100_000}`,
    language_code: random.pick(LANGUAGES),
  };
}

export function privateChat({ id, first_name, username }: ReturnType<typeof user>) {
  return { id, type: 'private', first_name, username };
}

export function group({ random }: UpdateContext) {
  const id = -1_000_000_000_000 - random.integer(1, 2_000_000_000);
  return { id, type: 'supergroup', title: random.pick(GROUP_TITLES) };
}

export function channel({ random }: UpdateContext) {
  const id = -1_000_000_000_000 - random.integer(1, 2_000_000_000);
  return { id, type: 'channel', title: random.pick(CHANNEL_TITLES), username: 'a_channel' };
}

/** A message of any content, in a private chat or a group. */
export function message(context: UpdateContext) {
  const from = user(context);
  const chat = context.random.chance(0.3) ? group(context) : privateChat(from);
  return { ...place(context), from, chat, ...content(context) };
}

export function channelPost(context: UpdateContext) {
  const chat = channel(context);
  return { ...place(context), sender_chat: chat, chat, ...content(context) };
}

/** Text mostly, then pictures, files and voices. */
export function content(context: UpdateContext): object {
  const { random } = context;
  const file = { file_id: token(random), file_unique_id: token(random, 16) };
  const file_size = random.integer(2_000, 4_000_000);
  return random
    .weighted([
      { weight: 60, made: () => ({ text: random.pick(TEXTS) }) },
      { weight: 12, made: () => ({ photo: photo(random), caption: random.pick(TEXTS) }) },
      {
        weight: 6,
        made: () => ({
          sticker: {
            ...file,
            type: 'regular',
            width: 512,
            height: 512,
            is_animated: false,
            is_video: false,
            emoji: '👍',
          },
        }),
      },
      {
        weight: 6,
        made: () => ({
          voice: { ...file, duration: random.integer(1, 90), mime_type: 'audio/ogg', file_size },
        }),
      },
      {
        weight: 5,
        made: () => ({
          document: { ...file, file_name: 'invoice.pdf', mime_type: 'application/pdf', file_size },
        }),
      },
      {
        weight: 4,
        made: () => ({
          video: { ...file, width: 1280, height: 720, duration: random.integer(3, 300), file_size },
        }),
      },
      {
        weight: 4,
        made: () => ({
          location: { latitude: random.share() * 120 - 60, longitude: random.share() * 360 - 180 },
        }),
      },
      {
        weight: 3,
        made: () => ({
          contact: { phone_number: '+15550100', first_name: random.pick(FIRST_NAMES) },
        }),
      },
    ])
    .made();
}

export function poll({ random }: UpdateContext) {
  return {
    id: String(random.integer(1, 2_000_000_000)),
    question: 'When shall we meet?',
    options: ['Mon', 'Wed', 'Fri'].map((text) => ({ text, voter_count: random.integer(0, 40) })),
    total_voter_count: 40,
    is_closed: false,
    is_anonymous: true,
    type: 'regular',
    allows_multiple_answers: false,
  };
}

export function address() {
  return {
    country_code: 'AT',
    state: '',
    city: 'Graz',
    street_line1: 'Herrengasse 1',
    street_line2: '',
    post_code: '8010',
  };
}

/** Letters and digits, as ids of files and queries are. */
export function token(random: Random, length = 72): string {
  let text = '';
  while (text.length < length) text += random.integer(0, 2 ** 31 - 1).toString(36);
  return text.slice(0, length);
}

function place({ random, nowSeconds }: UpdateContext) {
  return { message_id: random.integer(1, 9_999_999), date: nowSeconds };
}

/** The same picture in three sizes. */
function photo(random: Random) {
  return [90, 320, 1280].map((width) => ({
    file_id: token(random),
    file_unique_id: token(random, 16),
    width,
    height: Math.round(width * 0.75),
    file_size: width * 100,
  }));
}
