/** From the alert table to what is to be done about mails now, bot by bot and rule by rule. */

import { type AlertTransition, alertKey, pastOf } from '@hookpulse/common/alerts/alert';
import { type MailReceipt, toldOf } from '@hookpulse/common/alerts/mail-receipt';
import { type Silence, silenceOf } from '@hookpulse/common/alerts/silence';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { dueMails } from '../domain/due-mails.ts';
import { type MailAction, nextMailAction } from '../domain/mail-action.ts';
import type { Receipts } from './receipts.ts';

export interface DueAction {
  readonly key: string;
  readonly transition: AlertTransition;
  readonly receipt: MailReceipt | null;
  readonly duty: MailAction;
  /** Transitions whose mails are not settled. */
  readonly owed: number;
}

export interface DueDeps {
  readonly alertStates: Pick<AlertStates, 'list'>;
  readonly receipts: Receipts;
  readonly isEnabled: boolean;
  /** Whether mails go somewhere even when nobody is set to receive them. */
  readonly needsReceivers: boolean;
  silences(): readonly Silence[];
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
  readonly duties: readonly DueAction[];
  /** By Message-ID of the first mail. */
  readonly threads: ReadonlyMap<string, MailThread>;
}

export function dueNow(deps: DueDeps, nowMs: number): DueNow {
  const silences = deps.silences();
  const duties: DueAction[] = [];
  const threads = new Map<string, MailThread>();
  for (const state of deps.alertStates.list()) {
    const { transition } = state;
    const receipt = deps.receipts.of(state);
    countThread(threads, transition, receipt);
    const owed = dueMails(transition, receipt);
    if (owed.length === 0 && transition.transition === 'resolved') continue;
    const { told } = toldOf(receipt, (owed[0] ?? transition).alert_id);
    const duty = nextMailAction(pastOf(transition), owed, receipt, {
      silence: silenceOf(transition, silences, nowMs),
      isEnabled: deps.isEnabled,
      receivers: deps.receiversOf(transition.bot_id, told),
      needsReceivers: deps.needsReceivers,
    });
    if (duty.kind === 'nothing') continue;
    const key = alertKey(transition);
    duties.push({ key, transition, receipt, duty, owed: Math.max(owed.length, 1) });
  }
  return { duties, threads };
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
