/** What of the Bot API's objects is used here (https://core.telegram.org/bots/api), checked when it arrives. */
import Type, { type Static } from 'typebox';

/** Answer of `getMe`. */
export const BotUserSchema = Type.Object({
  id: Type.Integer(),
  is_bot: Type.Literal(true),
  first_name: Type.String(),
  /** Every bot has one. */
  username: Type.String({ minLength: 1 }),
});
export type BotUser = Static<typeof BotUserSchema>;

/** Answer of `getWebhookInfo`. Times are seconds since the epoch. */
export const WebhookInfoSchema = Type.Object({
  /** Empty: no webhook is set. */
  url: Type.String(),
  has_custom_certificate: Type.Boolean(),
  pending_update_count: Type.Integer({ minimum: 0 }),
  /** The address in use, whether it was fixed or looked up. */
  ip_address: Type.Optional(Type.String()),
  last_error_date: Type.Optional(Type.Integer()),
  last_error_message: Type.Optional(Type.String()),
  last_synchronization_error_date: Type.Optional(Type.Integer()),
  max_connections: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Absent: all kinds but chat_member, message_reaction and message_reaction_count. */
  allowed_updates: Type.Optional(Type.Array(Type.String())),
});
export type WebhookInfo = Static<typeof WebhookInfoSchema>;

/** Parameters of `setWebhook`. What is left out gets its default, but for `allowed_updates`, which stays. */
export interface WebhookSettings {
  readonly url: string;
  readonly secret_token?: string;
  /** 1 to 100; default 40. */
  readonly max_connections?: number;
  /** A fixed address, instead of that of the URL's name. */
  readonly ip_address?: string;
  readonly allowed_updates?: readonly string[];
  readonly drop_pending_updates?: boolean;
}
