/**
 * What became of the mails of a bot and rule: the newest message of its key on
 * `webhook.alert-mails`. Mails of a key go out in the order of their transitions, so it settles all
 * transitions up to its own.
 */
import { BotId } from '@hookpulse/common/domain/webhook-event';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { AlertTransition } from './alert.ts';

export const MAIL_STATES = [
  'sending', // it is being tried: it may have been accepted, and is tried again as it is
  'accepted', // the server took it, or it was written to the outbox
  'refused', // the server refuses it for good
  'silenced', // a silence held it back until it was out of date
  'disabled', // WEBHOOK_ALERTS_ENABLED=false
  'no_receivers', // nobody is set to receive it
] as const;
export type MailState = (typeof MAIL_STATES)[number];

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const MailReceiptSchema = Type.Object({
  bot_id: BotId,
  rule: Type.String({ minLength: 1 }),
  alert_id: Type.String(),
  /** Of the transition that it is about. */
  sequence: Type.Integer({ minimum: 1 }),
  state: Type.Enum(MAIL_STATES),
  at: Type.String({ format: 'date-time' }),
  message_id: Nullable(Type.String()),
  /** Message-ID of the alert's first mail: later ones of the alert answer to it. */
  thread_id: Nullable(Type.String()),
  receivers: Type.Array(Type.String()),
  /** How many alerts the mail names. */
  alerts_named: Type.Integer({ minimum: 0 }),
  /** The server's words, or whose silence it was and why. */
  detail: Nullable(Type.String()),
});
export type MailReceipt = Static<typeof MailReceiptSchema>;

export const mailReceiptValidator = Compile(MailReceiptSchema);

/** Whether nothing more is to be done about the transition that the receipt is about. */
export function isSettled(receipt: Pick<MailReceipt, 'state'>): boolean {
  return receipt.state !== 'sending';
}

/**
 * Whether a receipt is about the alerts that a transition tells of. A bot that was erased and made
 * anew counts from one again, and the mail of its former life may have been under way.
 */
export function isAboutAlertsOf(
  receipt: Pick<MailReceipt, 'alert_id' | 'sequence'>,
  transition: AlertTransition,
): boolean {
  if (receipt.sequence > transition.sequence) return false;
  const told =
    receipt.sequence === transition.sequence
      ? transition
      : transition.earlier.find(({ sequence }) => sequence === receipt.sequence);
  return told === undefined || told.alert_id === receipt.alert_id;
}
