/**
 * The alerts that the fleet has had: the rules and the life of an alert are the alerter's own, judged
 * minute by minute as of then. No mail was written, and the receipts say so.
 */

import { JudgedWindow } from '@hookpulse/alerter/domain/judged-window';
import { windowShape } from '@hookpulse/alerter/domain/window-shape';
import { Judge } from '@hookpulse/alerter/judging/judge';
import type { AlerterSettings } from '@hookpulse/alerter/start';
import { type AlertTransition, pastOf } from '@hookpulse/common/alerts/alert';
import { alertSettings } from '@hookpulse/common/alerts/alert-settings';
import type { AlertState } from '@hookpulse/common/alerts/decider';
import type { MailReceipt } from '@hookpulse/common/alerts/mail-receipt';
import type { Bot } from '@hookpulse/common/bots/bot';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import {
  receiptToMessage,
  transitionToMessage,
} from '@hookpulse/topic-tables/alerts/alert-messages';

export interface PastJudge {
  /** Counts an event; events come in order of time, but for a few seconds. */
  add(event: WebhookEvent): void;
  /** Judges as of a moment. */
  judge(nowMs: number): void;
  /**
   * All that it decided, for the log. The topics are compacted, so of each rule there is one message,
   * which tells of all before it.
   */
  messages(): OutgoingMessage[];
}

/** @param fromMs - where the past begins: a window later it is known whether traffic is missing */
export function createPastJudge(
  bot: Bot,
  { base, windowMs }: Pick<AlerterSettings, 'base' | 'windowMs'>,
  fromMs: number,
): PastJudge {
  const settings = alertSettings(base, bot.alerts);
  const { limit_ms: slowLimitMs } = settings.rules.slow_processing;
  const window = new JudgedWindow(windowShape(windowMs), fromMs);
  /** By rule, as the transitions. */
  const states = new Map<string, AlertState>();
  const transitions = new Map<string, readonly AlertTransition[]>();
  const judge = new Judge(() => states);
  const entry = { bot, partition: 0, settings, watchedSinceMs: fromMs };

  return {
    add(event) {
      const timeMs = Date.parse(event.timestamp);
      window.add(event, timeMs, timeMs, { slowLimitMs, sinceMs: 0 });
    },
    judge(nowMs) {
      const known = { nowMs, knownSinceMs: fromMs, absences: [], windowMs };
      const facts = window.facts(nowMs);
      const judged = { entry, window, facts, heardMs: fromMs, forwarding: null };
      const decided = [...judge.judgeBot(judged, known, () => false)];
      for (const transition of decided) {
        const { rule } = transition;
        states.set(rule, { transition, receipt: receiptOf(transition) });
        transitions.set(rule, [...(transitions.get(rule) ?? []), transition]);
      }
    },
    messages: () =>
      [...transitions.values()].flatMap((all) => {
        const last = all.at(-1);
        if (!last) return [];
        const earlier = all.slice(0, -1).map(pastOf);
        return [transitionToMessage({ ...last, earlier }), receiptToMessage(receiptOf(last))];
      }),
  };
}

/** Settled as if mails had been switched off: nothing is owed, and reminders come in their time. */
function receiptOf({ bot_id, rule, alert_id, sequence, at }: AlertTransition): MailReceipt {
  return {
    bot_id,
    rule,
    alert_id,
    sequence,
    state: 'disabled',
    at,
    message_id: null,
    thread_id: null,
    receivers: [],
    alerts_named: 0,
    detail: 'before the demo began',
  };
}
