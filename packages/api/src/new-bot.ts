/** Creating and changing bots (contract, section 6): from what a caller sends to a registry record. */

import {
  AlertOverridesSchema,
  type StoredAlertOverrides,
} from '@hookpulse/common/alerts/alert-settings';
import { type Bot, BotName, WebhookSecret } from '@hookpulse/common/bots/bot';
import { BotId } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import { REPAIRABLE_LINE, repairedLine } from '@hookpulse/common/values/visible-line';
import Type, { type Static } from 'typebox';
import {
  BotTokenSchema,
  changeForward,
  ForwardPatchSchema,
  NewForwardSchema,
  type Seal,
} from './forward-settings.ts';
import { AlertOverridesPatchSchema, patchOverrides } from './overrides-patch.ts';
import { storedPatch } from './receiver-settings.ts';

/** A name goes into mail subjects and onto one line of a screen. */
const ShownName = Type.String({
  ...BotName,
  pattern: REPAIRABLE_LINE,
  description: '1 to 100 characters, not all blank, without control characters',
});
const Enabled = Type.Boolean({ description: 'true or false' });

export const NewBotSchema = Type.Object(
  {
    name: ShownName,
    bot_id: Type.Optional(BotId),
    webhook_secret: Type.Optional(WebhookSecret),
    enabled: Type.Optional(Enabled),
    alerts: Type.Optional(AlertOverridesSchema),
    forward: Type.Optional(NewForwardSchema),
    bot_token: Type.Optional(BotTokenSchema),
  },
  { additionalProperties: false, examples: [{ name: 'Orders', bot_id: 'orders-bot' }] },
);
export type NewBot = Static<typeof NewBotSchema>;

export const BotPatchSchema = Type.Object(
  {
    name: Type.Optional(ShownName),
    enabled: Type.Optional(Enabled),
    alerts: Type.Optional(
      Type.Union([AlertOverridesPatchSchema, Type.Null()], {
        description:
          'alert settings to override, as a JSON merge patch: null removes an override, or all of them',
      }),
    ),
    forward: Type.Optional(
      Type.Union([ForwardPatchSchema, Type.Null()], {
        description: 'where and how its updates are forwarded; null: they no longer are',
      }),
    ),
    bot_token: Type.Optional(
      Type.Union([BotTokenSchema, Type.Null()], {
        description: 'a bot token as BotFather gives it; null removes it',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ enabled: false }] },
);
export type BotPatch = Static<typeof BotPatchSchema>;

/** What a pure function cannot have of itself: chance, and the hash of the runtime. */
export interface SecretSource {
  randomUuid(): string;
  /** 32 random bytes, base64url. */
  randomSecret(): string;
  sha256Hex(secret: string): string;
  readonly seal: Seal;
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
  const createdAt = iso(nowMs);
  const botId = input.bot_id ?? source.randomUuid();
  const bot: Bot = {
    bot_id: botId,
    name: repairedLine(input.name),
    enabled: input.enabled ?? true,
    webhook_secret_sha256: source.sha256Hex(webhookSecret),
    report_token_sha256: source.sha256Hex(reportToken),
    created_at: createdAt,
    updated_at: createdAt,
    ...alertsOf(patchOverrides({}, storedPatch(input.alerts ?? {}, {}, botId, source.seal))),
    ...changeForward({}, input, botId, source.seal, nowMs),
  };
  return { bot, webhookSecret, reportToken };
}

/** The changed bot; the same object when the patch changes nothing. */
export function changeBot(bot: Bot, patch: BotPatch, seal: Seal, nowMs: number): Bot {
  const changedAt = iso(nowMs);
  const { alerts: overrides = {}, forward: _forward, bot_token: _token, ...before } = bot;
  const alerts =
    patch.alerts === null
      ? {}
      : patchOverrides(overrides, storedPatch(patch.alerts ?? {}, overrides, bot.bot_id, seal));
  const name = patch.name === undefined ? bot.name : repairedLine(patch.name);
  const enabled = patch.enabled ?? bot.enabled;
  const forwarding = changeForward(bot, patch, bot.bot_id, seal, nowMs);
  const isSame =
    name === bot.name &&
    enabled === bot.enabled &&
    areSame(alerts, overrides) &&
    areSame(forwarding.forward, bot.forward) &&
    forwarding.bot_token === bot.bot_token;
  if (isSame) return bot;
  return {
    ...before,
    name,
    enabled,
    updated_at: changedAt,
    // What was silent because it was disabled is given time.
    ...(enabled && !bot.enabled ? { enabled_at: changedAt } : {}),
    ...alertsOf(alerts),
    ...forwarding,
  };
}

/** Absent from the record where nothing is overridden. */
function alertsOf(alerts: StoredAlertOverrides): Pick<Bot, 'alerts'> {
  return Object.keys(alerts).length === 0 ? {} : { alerts };
}

/** By value; the order of fields may differ and then costs one record more. */
function areSame(a: object | undefined, b: object | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
