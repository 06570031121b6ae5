/** The next transition of a bot and rule, from the one before. */

import {
  type AlertTransition,
  alertIdOf,
  type PastTransition,
  type TransitionName,
  transitionsOf,
} from '@hookpulse/common/alerts/alert';
import type { MailReceipt } from '@hookpulse/common/alerts/mail-receipt';
import type { Finding } from '@hookpulse/common/alerts/rules/rule';
import type { Bot } from '@hookpulse/common/bots/bot';
import { iso } from '@hookpulse/common/values/iso';
import { settledSequence } from './due-mails.ts';

export interface PreviousAlert {
  readonly transition: AlertTransition;
  readonly receipt: MailReceipt | null;
}

export interface NextTransition {
  readonly bot: Pick<Bot, 'bot_id' | 'name' | 'created_at'>;
  readonly rule: string;
  readonly transition: TransitionName;
  readonly reason: string;
  readonly finding: Pick<Finding, 'severity' | 'facts'>;
  readonly nowMs: number;
}

/** A message stays small however long an alert fires: of settled transitions the newest are told. */
const MAX_SETTLED_TOLD = 50;

/** @param previous - null: nothing ever happened to this bot by this rule */
export function nextTransition(
  previous: PreviousAlert | null,
  { bot, rule, transition, reason, finding, nowMs }: NextTransition,
): AlertTransition {
  const sequence = (previous?.transition.sequence ?? 0) + 1;
  const at = iso(nowMs);
  const subject = { bot_id: bot.bot_id, rule };
  const isNew = transition === 'firing' || previous === null;
  const alert_id = isNew
    ? alertIdOf(subject, sequence, bot.created_at)
    : previous.transition.alert_id;
  return {
    ...subject,
    bot_name: bot.name,
    alert_id,
    fired_at: isNew ? at : previous.transition.fired_at,
    sequence,
    transition,
    at,
    reason,
    severity: finding.severity,
    facts: { ...finding.facts },
    earlier: previous === null ? [] : toldWith(alert_id, previous),
  };
}

/** What happened to the same alert, and every transition whose mail is still owed. */
function toldWith(alertId: string, { transition, receipt }: PreviousAlert): PastTransition[] {
  const settled = settledSequence(receipt);
  const all = transitionsOf(transition);
  const owed = all.filter(({ sequence }) => sequence > settled);
  const told = all.filter(({ sequence, alert_id }) => sequence <= settled && alert_id === alertId);
  return [...told.slice(-MAX_SETTLED_TOLD), ...owed];
}
