/** Where and how the updates of a bot are forwarded (contract, section 8), as its record has it. */
import Type, { type Static } from 'typebox';

/** Encrypted by `sealed-secret.ts`. */
const SealedText = Type.String();

export const FORWARD_ORDERS = ['chat', 'none'] as const;

export const ForwardSchema = Type.Object({
  /** Of the bot; http or https, without user name and password, and with a bot token in it hidden. */
  url: Type.String(),
  /** The same with the bot token that `url` hides; sealed. Absent: `url` is the whole. */
  sealed_url: Type.Optional(SealedText),
  /** User name and password of the URL, as `user:password`; sealed. */
  credentials: Type.Optional(SealedText),
  /** What the bot finds in `X-Telegram-Bot-Api-Secret-Token`; sealed. Absent: no such header. */
  secret: Type.Optional(SealedText),
  max_connections: Type.Optional(Type.Integer()),
  /** Absent: the processing timeout. */
  timeout_seconds: Type.Optional(Type.Number()),
  order: Type.Optional(Type.Enum(FORWARD_ORDERS)),
  paused: Type.Optional(Type.Boolean()),
  /** When forwarding was set up: updates that the log took before are not forwarded. */
  since: Type.Optional(Type.String()),
});
export type Forward = Static<typeof ForwardSchema>;
export type ForwardOrder = (typeof FORWARD_ORDERS)[number];

/** Names of sealed fields: a sealed text opens only under the name for which it was sealed. */
export const SEALED_FIELDS = {
  botToken: 'bot_token',
  forwardUrl: 'forward.url',
  forwardSecret: 'forward.secret',
  forwardCredentials: 'forward.credentials',
} as const;

/** As many as Telegram opens where `setWebhook` says nothing. */
export const DEFAULT_MAX_CONNECTIONS = 40;
export const MAX_CONNECTIONS_LIMIT = 100;
export const DEFAULT_FORWARD_ORDER: ForwardOrder = 'chat';
