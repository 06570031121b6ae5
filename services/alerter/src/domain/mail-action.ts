/** What is to be done about the mails that are due for one bot and rule. */
import type { PastTransition } from '@hookpulse/common/alerts/alert';
import {
  type MailReceipt,
  type ToldReceivers,
  toldOf,
} from '@hookpulse/common/alerts/mail-receipt';
import type { Silence } from '@hookpulse/common/alerts/silence';

export type MailAction =
  | { readonly kind: 'nothing' }
  /** It was tried before; the same mail is tried again. */
  | { readonly kind: 'resume'; readonly mail: PastTransition; readonly receipt: MailReceipt }
  | ({ readonly kind: 'send' } & DueMail)
  /** Held back until the silence ends. */
  | { readonly kind: 'hold'; readonly silence: Silence }
  /** All that is due up to this transition is not sent at all. */
  | {
      readonly kind: 'settle';
      readonly state: 'silenced' | 'disabled' | 'no_receivers';
      readonly upTo: PastTransition;
      readonly detail: string | null;
      /** Whether what is still due answers to the mail before, although that was of an older alert. */
      readonly isThreadKept: boolean;
    };

export interface DueMail {
  readonly mail: PastTransition;
  readonly receivers: readonly string[];
  /** Counts mails about the same transition; 0: the first. */
  readonly telling: number;
}

export interface MailCircumstances {
  /** The silence that is active for it now. */
  readonly silence: Silence | null;
  /** WEBHOOK_ALERTS_ENABLED. */
  readonly isEnabled: boolean;
  /** The receivers for the bot now. */
  readonly receivers: readonly string[];
  /** Whether a mail goes nowhere unless somebody is set to receive it. */
  readonly needsReceivers: boolean;
}

/**
 * @param newest - the newest transition
 * @param due - those whose mails are not settled, oldest first
 */
export function nextMailAction(
  newest: PastTransition,
  due: readonly PastTransition[],
  receipt: MailReceipt | null,
  circumstances: MailCircumstances,
): MailAction {
  const { silence, isEnabled, receivers, needsReceivers } = circumstances;
  const [oldest] = due;
  if (!oldest) return actionForLatecomers(newest, receipt, circumstances);
  // The server may have it already: whatever was set since, that mail is seen through.
  if (receipt?.state === 'sending' && receipt.sequence === oldest.sequence) {
    const isToLatecomers = (receipt.telling ?? 0) > 0;
    return { kind: 'resume', mail: isToLatecomers ? asFiring(oldest) : oldest, receipt };
  }
  const last = due.at(-1) ?? oldest;
  const settle = { kind: 'settle', upTo: last, detail: null, isThreadKept: false } as const;
  if (!isEnabled) return { ...settle, state: 'disabled' };
  if (silence) {
    const unheard = lastUnheard(due);
    const upTo = unheard ?? beforeLastEnd(due);
    if (!upTo) return { kind: 'hold', silence };
    const detail = `${silence.created_by}: ${silence.reason}`;
    return { ...settle, state: 'silenced', upTo, detail, isThreadKept: !unheard };
  }
  if (oldest.transition === 'resolved') {
    const told = toldToEnd(toldOf(receipt, oldest.alert_id), circumstances);
    if (told !== null) return { kind: 'send', mail: oldest, receivers: told, telling: 0 };
    return { ...settle, state: 'no_receivers', upTo: oldest, detail: NOBODY_WAS_TOLD };
  }
  if (needsReceivers && receivers.length === 0) return { ...settle, state: 'no_receivers' };
  return { kind: 'send', mail: oldest, receivers, telling: 0 };
}

const NOBODY_WAS_TOLD = 'nobody was notified that it fired';

/** Who became a receiver while an alert fires, or all when alerts were switched on, is told of it now. */
function actionForLatecomers(
  newest: PastTransition,
  receipt: MailReceipt | null,
  { silence, isEnabled, receivers, needsReceivers }: MailCircumstances,
): MailAction {
  if (newest.transition === 'resolved' || !isEnabled || silence) return { kind: 'nothing' };
  const { told, turnedDown } = toldOf(receipt, newest.alert_id);
  const tried = new Set([...(told ?? []), ...turnedDown]);
  const latecomers = receivers.filter((receiver) => !tried.has(receiver));
  const isUnwritten = told === null && receivers.length === 0 && !needsReceivers;
  if (latecomers.length === 0 && !isUnwritten) return { kind: 'nothing' };
  const telling = (receipt?.telling ?? 0) + 1;
  return { kind: 'send', mail: asFiring(newest), receivers: latecomers, telling };
}

/** Receivers of the resolved mail: those that were told that it fires and are still receivers. */
function toldToEnd(
  { told }: ToldReceivers,
  { receivers, needsReceivers }: MailCircumstances,
): readonly string[] | null {
  if (told === null) return null;
  if (told.length === 0) return needsReceivers ? null : [];
  const left = told.filter((receiver) => receivers.includes(receiver));
  return left.length === 0 ? null : left;
}

/** It is news to them, however long it has been firing. */
function asFiring(mail: PastTransition): PastTransition {
  return { ...mail, transition: 'firing' };
}

/**
 * The end of the last alert that both fired and was resolved while nobody was told: it is out of date
 * when the silence ends. An alert that was mailed before keeps its resolved mail.
 */
function lastUnheard(due: readonly PastTransition[]): PastTransition | undefined {
  const unheard = new Set(
    due.filter(({ transition }) => transition === 'firing').map(({ alert_id }) => alert_id),
  );
  const [first] = due;
  // What comes before it in the order of mails has to wait, and so has everything behind.
  if (!first || !unheard.has(first.alert_id)) return undefined;
  return due.findLast(
    ({ transition, alert_id }) => transition === 'resolved' && unheard.has(alert_id),
  );
}

/**
 * Of an alert that was mailed before the end is due, and others came and went since: that it is over
 * is said once, by the last end. What stands before that is no news any more when the silence ends.
 */
function beforeLastEnd(due: readonly PastTransition[]): PastTransition | undefined {
  const lastEnd = due.findLastIndex(({ transition }) => transition === 'resolved');
  return lastEnd > 0 ? due[lastEnd - 1] : undefined;
}
