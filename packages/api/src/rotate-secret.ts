/**
 * Replacing a bot's webhook secret or report token. The one before stays valid for a while: requests
 * in flight carry it, and Telegram goes on sending it until `setWebhook` was called with the new one.
 */

import { type Bot, type PreviousSecret, WebhookSecret } from '@hookpulse/common/bots/bot';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import Type, { type Static } from 'typebox';
import type { SecretSource } from './new-bot.ts';

/** Longer than Telegram's own pauses between tries, and time enough to call `setWebhook`. */
const DEFAULT_GRACE_MINUTES = 10;
const MAX_GRACE_MINUTES = 1_440;

const GraceMinutes = Type.Optional(
  Type.Number({
    minimum: 0,
    maximum: MAX_GRACE_MINUTES,
    description: `a number of minutes from 0 to ${MAX_GRACE_MINUTES}: how long the previous one stays valid; default ${DEFAULT_GRACE_MINUTES}`,
  }),
);

export const SecretRotationSchema = Type.Object(
  { grace_minutes: GraceMinutes, webhook_secret: Type.Optional(WebhookSecret) },
  { additionalProperties: false, examples: [{ grace_minutes: 10 }] },
);
export const TokenRotationSchema = Type.Object(
  { grace_minutes: GraceMinutes },
  { additionalProperties: false, examples: [{ grace_minutes: 10 }] },
);

const PreviousValidUntil = Nullable(
  Type.String({
    format: 'date-time',
    description: 'until when the previous one is also accepted; null: it is already refused',
  }),
);
export const RotatedSecretSchema = Type.Object({
  bot_id: Type.String(),
  webhook_secret: Type.String({
    description: "shown only once; pass it to Telegram's setWebhook as secret_token",
  }),
  previous_valid_until: PreviousValidUntil,
});
export type RotatedSecret = Static<typeof RotatedSecretSchema>;

export const RotatedTokenSchema = Type.Object({
  bot_id: Type.String(),
  report_token: Type.String({ description: 'shown only once' }),
  previous_valid_until: PreviousValidUntil,
});
export type RotatedToken = Static<typeof RotatedTokenSchema>;

export interface Rotation {
  readonly bot: Bot;
  /** To be told to the caller once. */
  readonly secret: string;
  /** ISO 8601; null: the one before is refused at once. */
  readonly previousValidUntil: string | null;
}

/** Null: the secret asked for is the one in use, so nothing would change and the old never end. */
export function rotateWebhookSecret(
  bot: Bot,
  input: Static<typeof SecretRotationSchema>,
  source: Pick<SecretSource, 'randomSecret' | 'sha256Hex'>,
  nowMs: number,
): Rotation | null {
  const secret = input.webhook_secret ?? source.randomSecret();
  const sha256 = source.sha256Hex(secret);
  if (sha256 === bot.webhook_secret_sha256) return null;
  const { previous_webhook_secret: _replaced, ...kept } = bot;
  const previous = previousSecret(bot.webhook_secret_sha256, input.grace_minutes, nowMs);
  return {
    bot: {
      ...kept,
      webhook_secret_sha256: sha256,
      ...(previous ? { previous_webhook_secret: previous } : {}),
      updated_at: iso(nowMs),
    },
    secret,
    previousValidUntil: previous?.valid_until ?? null,
  };
}

export function rotateReportToken(
  bot: Bot,
  input: Static<typeof TokenRotationSchema>,
  source: Pick<SecretSource, 'randomSecret' | 'sha256Hex'>,
  nowMs: number,
): Rotation {
  const secret = source.randomSecret();
  const { previous_report_token: _replaced, ...kept } = bot;
  const previous = previousSecret(bot.report_token_sha256, input.grace_minutes, nowMs);
  return {
    bot: {
      ...kept,
      report_token_sha256: source.sha256Hex(secret),
      ...(previous ? { previous_report_token: previous } : {}),
      updated_at: iso(nowMs),
    },
    secret,
    previousValidUntil: previous?.valid_until ?? null,
  };
}

function previousSecret(
  sha256: string,
  graceMinutes: number = DEFAULT_GRACE_MINUTES,
  nowMs: number,
): PreviousSecret | null {
  if (graceMinutes === 0) return null;
  const validUntil = new Date(nowMs + Math.ceil(graceMinutes * MINUTE_MS)).toISOString();
  return { sha256, valid_until: validUntil };
}
