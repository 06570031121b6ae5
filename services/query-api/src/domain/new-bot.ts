/** Creating and changing bots (contract, section 6): from what a caller sends to a registry record. */
import { type Bot, BotName, WebhookSecret } from '@hookpulse/common/domain/bot';
import { BotId } from '@hookpulse/common/domain/webhook-event';
import Type, { type Static } from 'typebox';

/** A name goes into mail subjects and onto one line of a screen. */
const ShownName = Type.String({
  ...BotName,
  pattern: '^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$',
  description: '1 to 100 characters, not all blank, without control characters',
});
const Enabled = Type.Boolean({ description: 'true or false' });

export const NewBotSchema = Type.Object(
  {
    name: ShownName,
    bot_id: Type.Optional(BotId),
    webhook_secret: Type.Optional(WebhookSecret),
    enabled: Type.Optional(Enabled),
  },
  { additionalProperties: false },
);
export type NewBot = Static<typeof NewBotSchema>;

export const BotPatchSchema = Type.Object(
  { name: Type.Optional(ShownName), enabled: Type.Optional(Enabled) },
  { additionalProperties: false },
);
export type BotPatch = Static<typeof BotPatchSchema>;

/** What a pure function cannot have of itself: chance, and the hash of the runtime. */
export interface SecretSource {
  randomUuid(): string;
  /** 32 random bytes, base64url. */
  randomSecret(): string;
  sha256Hex(secret: string): string;
}

export interface CreatedBot {
  readonly bot: Bot;
  /** To be told to the caller once; the registry knows only its hash. */
  readonly webhookSecret: string;
  /** As above. */
  readonly reportToken: string;
}

/** Fills in what the caller left out. @param input - checked by `NewBotSchema` */
export function createBot(input: NewBot, source: SecretSource, nowMs: number): CreatedBot {
  const webhookSecret = input.webhook_secret ?? source.randomSecret();
  const reportToken = source.randomSecret();
  const createdAt = new Date(nowMs).toISOString();
  const bot: Bot = {
    bot_id: input.bot_id ?? source.randomUuid(),
    name: input.name.trim(),
    enabled: input.enabled ?? true,
    webhook_secret_sha256: source.sha256Hex(webhookSecret),
    report_token_sha256: source.sha256Hex(reportToken),
    created_at: createdAt,
    updated_at: createdAt,
  };
  return { bot, webhookSecret, reportToken };
}

/** The changed bot; the same object when the patch changes nothing. */
export function changeBot(bot: Bot, patch: BotPatch, nowMs: number): Bot {
  const name = patch.name?.trim() ?? bot.name;
  const enabled = patch.enabled ?? bot.enabled;
  if (name === bot.name && enabled === bot.enabled) return bot;
  return { ...bot, name, enabled, updated_at: new Date(nowMs).toISOString() };
}
