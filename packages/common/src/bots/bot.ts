/** A bot as the registry knows it: the record on `webhook.bots`, secrets as SHA-256 or sealed. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { StoredAlertOverridesSchema } from '../alerts/alert-settings.ts';
import { BotId } from '../events/webhook-event.ts';
import { AdoptionRecordSchema } from './adoption.ts';
import { ForwardSchema } from './forwarding.ts';

const Sha256Hex = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Timestamp = Type.String();

export const BotName = Type.String({
  minLength: 1,
  maxLength: 100,
  description: '1 to 100 characters',
});

/** What Telegram's `setWebhook` takes as `secret_token`. */
export const WebhookSecret = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,256}$',
  description: '1 to 256 of A-Z a-z 0-9 _ -',
});

/** A secret that was replaced, and is accepted for a while: requests in flight carry it. */
const PreviousSecretSchema = Type.Object({
  sha256: Sha256Hex,
  /** From then on it is refused. */
  valid_until: Timestamp,
});
export type PreviousSecret = Static<typeof PreviousSecretSchema>;

export const BotSchema = Type.Object({
  bot_id: BotId,
  name: BotName,
  enabled: Type.Boolean(),
  webhook_secret_sha256: Sha256Hex,
  report_token_sha256: Sha256Hex,
  /** Absent: the secret was never replaced, or without a grace time. */
  previous_webhook_secret: Type.Optional(PreviousSecretSchema),
  previous_report_token: Type.Optional(PreviousSecretSchema),
  created_at: Timestamp,
  updated_at: Timestamp,
  /** Since when it has been enabled without a break; absent: since it was made. */
  enabled_at: Type.Optional(Timestamp),
  /** What its alerts are judged and mailed by, where it differs from other bots. */
  alerts: Type.Optional(StoredAlertOverridesSchema),
  /** Absent: its updates are not forwarded. */
  forward: Type.Optional(ForwardSchema),
  /** Of the Bot API; sealed (`sealed-secret.ts`). */
  bot_token: Type.Optional(Type.String()),
  /** Absent: its webhook was not taken over, or was given back. */
  adoption: Type.Optional(AdoptionRecordSchema),
});

export type Bot = Static<typeof BotSchema>;

export const botValidator = Compile(BotSchema);

/** Since when it has been enabled without a break, milliseconds since the epoch. */
export function enabledSinceMs({ enabled_at, created_at }: Bot): number {
  return Date.parse(enabled_at ?? created_at);
}

/** Whether a replaced secret is accepted at that moment; false where there is none. */
export function isStillValid(previous: PreviousSecret | undefined, nowMs: number): boolean {
  return previous !== undefined && nowMs < Date.parse(previous.valid_until);
}
