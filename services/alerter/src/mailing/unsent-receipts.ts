/** What is noted of mails that are not sent at all. */

import type { PastTransition } from '@hookpulse/common/alerts/alert';
import { type MailReceipt, toldFields, toldOf } from '@hookpulse/common/alerts/mail-receipt';
import { iso } from '@hookpulse/common/values/iso';
import { dueMails } from '../domain/due-mails.ts';
import type { MailAction } from '../domain/mail-action.ts';
import { type DueAction, threadOf } from './due-now.ts';

type UnsentState = Extract<MailAction, { kind: 'settle' }>['state'];

/** In the order of the transitions that they settle. */
export function unsentReceipts(
  duties: readonly DueAction[],
  nowMs: number,
): (MailReceipt & { readonly state: UnsentState })[] {
  const at = iso(nowMs);
  return duties.flatMap(({ transition, receipt, duty }) => {
    if (duty.kind !== 'settle') return [];
    const { state, upTo, detail, isThreadKept } = duty;
    const owed = dueMails(transition, receipt);
    return lastOfEachAlert(owed, upTo.sequence).map(({ alert_id, sequence }) => ({
      ...toldFields(toldOf(receipt, isThreadKept ? (receipt?.alert_id ?? alert_id) : alert_id)),
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
  owed: readonly PastTransition[],
  upToSequence: number,
): readonly PastTransition[] {
  const settled = owed.filter(({ sequence }) => sequence <= upToSequence);
  return [...new Map(settled.map((one) => [one.alert_id, one])).values()];
}
