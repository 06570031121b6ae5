/** Transitions and what became of their mails, as they stand on the log. */
import {
  type AlertTransition,
  alertKey,
  alertTransitionValidator,
} from '@hookpulse/common/alerts/alert';
import type { AlertState } from '@hookpulse/common/alerts/decider';
import {
  type MailReceipt,
  mailReceiptValidator,
  receiptKey,
} from '@hookpulse/common/alerts/mail-receipt';
import { RULE_NAMES } from '@hookpulse/common/alerts/rules/rules';
import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { alertHeaders } from '@hookpulse/event-log/record-headers';
import { ALERT_MAILS_TOPIC, ALERTS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';

export type ReadAlertMessage =
  | { readonly kind: 'transition'; readonly transition: AlertTransition }
  | { readonly kind: 'receipt'; readonly receipt: MailReceipt }
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

export function transitionToMessage(transition: AlertTransition): OutgoingMessage {
  return {
    topic: ALERTS_TOPIC,
    key: alertKey(transition),
    value: JSON.stringify(transition),
    headers: alertHeaders(transition),
  };
}

export function receiptToMessage(receipt: MailReceipt): OutgoingMessage {
  return {
    topic: ALERT_MAILS_TOPIC,
    key: receiptKey(receipt),
    value: JSON.stringify(receipt),
    headers: schemaHeader(ALERT_MAILS_TOPIC),
  };
}

/** Let everybody forget the alerts of a bot. @param states - of all of its rules */
export function forgetAlertMessages(
  botId: string,
  states: readonly AlertState[],
): OutgoingMessage[] {
  const keys = RULE_NAMES.map((rule) => alertKey({ bot_id: botId, rule }));
  const ofChannels = states.flatMap(({ channels = {} }) => Object.values(channels));
  return [
    ...keys.map((key) => ({ topic: ALERTS_TOPIC, key, value: null })),
    ...[...keys, ...ofChannels.map(receiptKey)].map((key) => ({
      topic: ALERT_MAILS_TOPIC,
      key,
      value: null,
    })),
  ];
}

/** Never throws: the topics are open to other programs, so anything may stand there. */
export function readAlertMessage({ topic, key, value }: LogMessage): ReadAlertMessage {
  if (value === null && key !== null) return { kind: 'forget', key };
  if (topic === ALERTS_TOPIC) {
    const transition = parseAs(value, alertTransitionValidator);
    if (transition && alertKey(transition) === key) return { kind: 'transition', transition };
  } else {
    const receipt = parseAs(value, mailReceiptValidator);
    if (receipt && receiptKey(receipt) === key) return { kind: 'receipt', receipt };
  }
  return { kind: 'unreadable', reason: 'its value does not match its topic and key' };
}
