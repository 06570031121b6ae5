/** From the alert table to what is to be done about mails now, bot by bot and rule by rule. */

import {
  type AlertTransition,
  alertKey,
  type PastTransition,
  pastOf,
} from '@hookpulse/common/alerts/alert';
import { type AlertState, dueTransitions } from '@hookpulse/common/alerts/decider';
import { type MailReceipt, toldOf } from '@hookpulse/common/alerts/mail-receipt';
import { type Silence, silenceOf } from '@hookpulse/common/alerts/silence';
import { type MailAction, type MailCircumstances, nextMailAction } from './mail-action.ts';

export interface DueAction extends AlertState {
  readonly key: string;
  readonly action: MailAction;
  /** Transitions whose mails are not settled. */
  readonly due: readonly PastTransition[];
}

export interface DueDeps extends Pick<MailCircumstances, 'isEnabled' | 'needsReceivers'> {
  readonly silences: readonly Silence[];
  receiversOf: ReceiversOf;
}

/**
 * The receivers for a bot now.
 * @param toldBefore - receivers that were told of the same alert; null: none. For a removed bot
 * this is the only source.
 */
export type ReceiversOf = (
  botId: string,
  toldBefore: readonly string[] | null,
) => readonly string[];

/** A thread of mails: the alerts whose first mail it was. */
export interface MailThread {
  alerts: number;
  firing: number;
}

export interface DueNow {
  readonly actions: readonly DueAction[];
  /** By Message-ID of the first mail. */
  readonly threads: ReadonlyMap<string, MailThread>;
}

export function dueNow(states: Iterable<AlertState>, deps: DueDeps, nowMs: number): DueNow {
  const actions: DueAction[] = [];
  const threads = new Map<string, MailThread>();
  for (const state of states) {
    const { transition, receipt } = state;
    countThread(threads, transition, receipt);
    const due = dueTransitions(state);
    if (due.length === 0 && transition.transition === 'resolved') continue;
    const { told } = toldOf(receipt, (due[0] ?? transition).alert_id);
    const action = nextMailAction(pastOf(transition), due, receipt, {
      silence: silenceOf(transition, deps.silences, nowMs),
      isEnabled: deps.isEnabled,
      receivers: deps.receiversOf(transition.bot_id, told),
      needsReceivers: deps.needsReceivers,
    });
    if (action.kind !== 'nothing')
      actions.push({ ...state, key: alertKey(transition), action, due });
  }
  return { actions, threads };
}

/** Message-ID of the first mail of the alert; null: none was sent. */
export function threadOf(receipt: MailReceipt | null, alertId: string): string | null {
  return receipt?.alert_id === alertId ? receipt.thread_id : null;
}

function countThread(
  threads: Map<string, MailThread>,
  { alert_id, transition }: AlertTransition,
  receipt: MailReceipt | null,
): void {
  const threadId = threadOf(receipt, alert_id);
  if (threadId === null) return;
  const thread = threads.get(threadId) ?? { alerts: 0, firing: 0 };
  thread.alerts += 1;
  if (transition !== 'resolved') thread.firing += 1;
  threads.set(threadId, thread);
}
