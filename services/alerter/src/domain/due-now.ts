/** From the alert table to what is to be done about mails now, bot by bot and rule by rule. */

import { type AlertTransition, type PastTransition, pastOf } from '@hookpulse/common/alerts/alert';
import { type AlertState, dueOfChannel, dueTransitions } from '@hookpulse/common/alerts/decider';
import { type MailReceipt, receiptKey, toldOf } from '@hookpulse/common/alerts/mail-receipt';
import { isMailReceiver } from '@hookpulse/common/alerts/receiver';
import { type Silence, silenceOf } from '@hookpulse/common/alerts/silence';
import { type MailAction, type MailCircumstances, nextMailAction } from './mail-action.ts';

export interface DueAction extends Pick<AlertState, 'transition'> {
  /** Null: mails; else the receiver that has a way of its own. */
  readonly channel: string | null;
  /** Of this channel. */
  readonly receipt: MailReceipt | null;
  /** Of bot, rule and channel. */
  readonly key: string;
  readonly action: MailAction;
  /** Transitions whose notifications are not settled. */
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
  /** By channel and Message-ID of the first mail, as `threadKey` has it. */
  readonly threads: ReadonlyMap<string, MailThread>;
}

export function dueNow(states: Iterable<AlertState>, deps: DueDeps, nowMs: number): DueNow {
  const actions: DueAction[] = [];
  const threads = new Map<string, MailThread>();
  for (const state of states) {
    for (const lane of lanesOf(state, deps)) {
      const { channel, receipt, due } = lane;
      const { transition } = state;
      countThread(threads, channel, transition, receipt);
      if (due.length === 0 && transition.transition === 'resolved') continue;
      const { told } = toldOf(receipt, (due[0] ?? transition).alert_id);
      const action = nextMailAction(pastOf(transition), due, receipt, {
        silence: silenceOf(transition, deps.silences, nowMs),
        isEnabled: deps.isEnabled,
        receivers: deps
          .receiversOf(transition.bot_id, told)
          .filter((one) => (channel === null ? isMailReceiver(one) : one === channel)),
        needsReceivers: channel !== null || deps.needsReceivers,
      });
      const { bot_id, rule } = transition;
      const key = receiptKey({ bot_id, rule, ...(channel === null ? {} : { channel }) });
      if (action.kind !== 'nothing')
        actions.push({ transition, channel, receipt, key, action, due });
    }
  }
  return { actions, threads };
}

/** One way of the notifications of an alert: mails together, and each other receiver alone. */
interface Lane {
  readonly channel: string | null;
  readonly receipt: MailReceipt | null;
  readonly due: readonly PastTransition[];
}

/** Those of receivers that are set now, and those that had to do with the alert before. */
function lanesOf(state: AlertState, { receiversOf }: DueDeps): readonly Lane[] {
  const { transition, receipt, channels = {} } = state;
  const due = dueTransitions(state);
  const mails = { channel: null, receipt, due };
  // Of what is over and told, most of all alerts, nobody's settings are looked up.
  const isQuiet = due.length === 0 && transition.transition === 'resolved';
  const set = isQuiet
    ? []
    : receiversOf(transition.bot_id, null).filter((one) => !isMailReceiver(one));
  const names = new Set([...set, ...Object.keys(channels)]);
  return [
    mails,
    ...Array.from(names, (channel) => ({
      channel,
      receipt: channels[channel] ?? null,
      due: dueOfChannel(state, channel),
    })),
  ];
}

export function threadKey(channel: string | null | undefined, threadId: string): string {
  return `${channel ?? ''}\n${threadId}`;
}

/** Message-ID of the first mail of the alert; null: none was sent. */
export function threadOf(receipt: MailReceipt | null, alertId: string): string | null {
  return receipt?.alert_id === alertId ? receipt.thread_id : null;
}

function countThread(
  threads: Map<string, MailThread>,
  channel: string | null,
  { alert_id, transition }: AlertTransition,
  receipt: MailReceipt | null,
): void {
  const threadId = threadOf(receipt, alert_id);
  if (threadId === null) return;
  const key = threadKey(channel, threadId);
  const thread = threads.get(key) ?? { alerts: 0, firing: 0 };
  thread.alerts += 1;
  if (transition !== 'resolved') thread.firing += 1;
  threads.set(key, thread);
}
