/** What is noted on the log of mails: of those that are sent, and of those that are not sent at all. */

import type { PastTransition } from '@hookpulse/common/alerts/alert';
import {
  type MailReceipt,
  type MailState,
  type ToldReceivers,
  toldFields,
  toldOf,
} from '@hookpulse/common/alerts/mail-receipt';
import { iso } from '@hookpulse/common/values/iso';
import { type DueAction, threadOf } from './due-now.ts';
import type { MailAction } from './mail-action.ts';
import type { MailItem, PlannedMail } from './mail-plan.ts';

/**
 * @param detail - what the server said; null: nothing yet
 * @param taken - receivers whose mail server accepted the mail
 */
export function receiptsOf(
  planned: PlannedMail,
  state: MailState,
  detail: string | null,
  taken: ReadonlySet<string>,
  nowMs: number,
): MailReceipt[] {
  const { messageId, items } = planned;
  return items.map((item) => ({
    ...toldFields(toldAfter(item, planned.receivers, state, taken)),
    ...(item.telling > 0 ? { telling: item.telling } : {}),
    ...(item.channel === undefined ? {} : { channel: item.channel }),
    bot_id: item.bot_id,
    rule: item.rule,
    alert_id: item.mail.alert_id,
    sequence: item.mail.sequence,
    state,
    at: iso(nowMs),
    message_id: messageId,
    thread_id: item.threadId ?? planned.threadId ?? messageId,
    receivers: receiversAfter(item, planned.receivers, state),
    alerts_named: items.length,
    detail,
    ...(state === 'sending' && taken.size > 0 ? { taken: [...taken] } : {}),
  }));
}

/** Who knows that the alert fires, once the mail is where it is. */
function toldAfter(
  { mail, before }: MailItem,
  receivers: readonly string[],
  state: MailState,
  taken: ReadonlySet<string>,
): ToldReceivers {
  if (mail.transition === 'resolved') return before;
  const isTold = state === 'accepted' || taken.size > 0;
  const told = isTold ? [...new Set([...(before.told ?? []), ...taken])] : before.told;
  if (state === 'sending') return { told, turnedDown: before.turnedDown };
  const others = receivers.filter((receiver) => !taken.has(receiver));
  return { told, turnedDown: [...new Set([...before.turnedDown, ...others])] };
}

/** Of a mail to latecomers, in the end all who have one about the transition. */
function receiversAfter(
  { telling, before }: MailItem,
  receivers: readonly string[],
  state: MailState,
): string[] {
  const others = telling > 0 && state === 'accepted' ? (before.told ?? []) : [];
  return [...others, ...receivers];
}

type UnsentState = Extract<MailAction, { kind: 'settle' }>['state'];

/** Of mails that are not sent, in the order of the transitions that they settle. */
export function unsentReceipts(
  actions: readonly DueAction[],
  nowMs: number,
): (MailReceipt & { readonly state: UnsentState })[] {
  const at = iso(nowMs);
  return actions.flatMap(({ transition, channel, receipt, action, due }) => {
    if (action.kind !== 'settle') return [];
    const { state, upTo, detail, isThreadKept } = action;
    return lastOfEachAlert(due, upTo.sequence).map(({ alert_id, sequence }) => ({
      ...toldFields(toldOf(receipt, isThreadKept ? (receipt?.alert_id ?? alert_id) : alert_id)),
      ...(channel === null ? {} : { channel }),
      bot_id: transition.bot_id,
      rule: transition.rule,
      alert_id,
      sequence,
      state,
      at,
      message_id: null,
      thread_id: isThreadKept ? (receipt?.thread_id ?? null) : threadOf(receipt, alert_id),
      receivers: [],
      alerts_named: 0,
      detail,
    }));
  });
}

/** A receipt tells of one alert, and people look each of them up. */
function lastOfEachAlert(
  due: readonly PastTransition[],
  upToSequence: number,
): readonly PastTransition[] {
  const settled = due.filter(({ sequence }) => sequence <= upToSequence);
  return [...new Map(settled.map((one) => [one.alert_id, one])).values()];
}
