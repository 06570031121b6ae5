/**
 * What became of the notifications of a bot and rule, by mail or by one other channel: the newest message
 * of its key on `webhook.alert-mails`. Those of a key go out in the order of their transitions, so it
 * settles all transitions up to its own.
 */

import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { BotId } from '../events/webhook-event.ts';
import { type AlertSubject, type AlertTransition, alertKey } from './alert.ts';

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
  /**
   * Receivers that were sent a firing or reminder mail; null: none, and no file was
   * written. Absent in receipts of earlier versions, as what follows is.
   */
  told: Type.Optional(Nullable(Type.Array(Type.String()))),
  /** Whose copies of such mails were refused for good, or given up. */
  turned_down: Type.Optional(Type.Array(Type.String())),
  /** Counts mails about the transition to people who came later; absent: 0, the first. */
  telling: Type.Optional(Type.Integer({ minimum: 0 })),
  /** The receiver, short, where it is no mail address: such receivers have receipts of their own. */
  channel: Type.Optional(Type.String({ minLength: 1 })),
  /** While it is `sending`: receivers that have it, whom a restarted alerter leaves out; absent: none. */
  taken: Type.Optional(Type.Array(Type.String())),
  /** While it is `sending`: number of failed attempts, and when it is tried next. */
  attempts: Type.Optional(Type.Integer({ minimum: 0 })),
  next_attempt_at: Type.Optional(Nullable(Type.String({ format: 'date-time' }))),
});
export type MailReceipt = Static<typeof MailReceiptSchema>;

export const mailReceiptValidator = Compile(MailReceiptSchema);

/** Key on `webhook.alert-mails`: each channel beside mail has one of its own. */
export function receiptKey(receipt: AlertSubject & Pick<MailReceipt, 'channel'>): string {
  const key = alertKey(receipt);
  return receipt.channel === undefined ? key : `${key}|${receipt.channel}`;
}

/** Whether nothing more is to be done about the transition that the receipt is about. */
export function isSettled(receipt: Pick<MailReceipt, 'state'>): boolean {
  return receipt.state !== 'sending';
}

/**
 * Whether a receipt is out of date beside another one of its alert: an alerter that had stood still
 * must not take back what is known since.
 */
export function isOlderReceipt(receipt: MailReceipt, other: MailReceipt): boolean {
  if (receipt.sequence !== other.sequence) return receipt.sequence < other.sequence;
  const [telling, otherTelling] = [receipt.telling ?? 0, other.telling ?? 0];
  if (telling !== otherTelling) return telling < otherTelling;
  return isSettled(other) && !isSettled(receipt);
}

/** Who was told that an alert fires. */
export interface ToldReceivers {
  /** Null: nobody, and nowhere was it written. */
  readonly told: readonly string[] | null;
  /** Whose copies were refused for good, or given up. */
  readonly turnedDown: readonly string[];
}

/** @param receipt - the newest of a bot and rule */
export function toldOf(receipt: MailReceipt | null, alertId: string): ToldReceivers {
  if (receipt === null || receipt.alert_id !== alertId) return { told: null, turnedDown: [] };
  const { told, turned_down: turnedDown = [], state, receivers } = receipt;
  if (told !== undefined) return { told, turnedDown };
  // Of an earlier version, whose receipts say only what became of the last mail.
  return { told: state === 'accepted' ? receivers : null, turnedDown };
}

/** As a receipt has it. */
export function toldFields({ told, turnedDown }: ToldReceivers) {
  return { told: told === null ? null : [...told], turned_down: [...turnedDown] };
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
