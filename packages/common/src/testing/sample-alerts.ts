/** Transitions and receipts for tests, as an alerter would write them. */
import { type AlertTransition, alertIdOf, pastOf, type TransitionName } from '../alerts/alert.ts';
import type { MailReceipt } from '../alerts/mail-receipt.ts';

const CREATED_AT = '2026-02-01T00:00:00.000Z';

/** An alert that fires: of bot `a` by `high_error_rate`, unless said otherwise. */
export function sampleFiring(
  firedAt: string,
  changes: Partial<AlertTransition> = {},
): AlertTransition {
  const subject = {
    bot_id: changes.bot_id ?? 'a',
    rule: changes.rule ?? 'high_error_rate',
  };
  const sequence = changes.sequence ?? 1;
  const at = new Date(firedAt).toISOString();
  return {
    ...subject,
    bot_name: `Bot ${subject.bot_id}`,
    alert_id: alertIdOf(subject, sequence, CREATED_AT),
    fired_at: at,
    sequence,
    transition: 'firing',
    at,
    reason: `Bot "Bot ${subject.bot_id}" has 15.0% error rate (15/100 failed) in the last 15 minutes.`,
    severity: 0.15,
    facts: { events: 100, errors: 15, error_rate: 0.15, threshold: 0.1, min_events: 10 },
    earlier: [],
    ...changes,
  };
}

/** What follows on a transition of the same alert; it tells of all before. */
export function sampleNext(
  before: AlertTransition,
  transition: TransitionName,
  at: string,
  changes: Partial<AlertTransition> = {},
): AlertTransition {
  return {
    ...before,
    sequence: before.sequence + 1,
    transition,
    at: new Date(at).toISOString(),
    reason: transition === 'resolved' ? 'It is over.' : before.reason,
    earlier: [...before.earlier, pastOf(before)],
    ...changes,
  };
}

/** The server took the mail of the transition, unless said otherwise. */
export function sampleReceipt(
  transition: AlertTransition,
  changes: Partial<MailReceipt> = {},
): MailReceipt {
  const { bot_id, rule, alert_id, sequence, at } = transition;
  return {
    bot_id,
    rule,
    alert_id,
    sequence,
    state: 'accepted',
    at,
    message_id: `<${alert_id}.${sequence}@hookpulse>`,
    thread_id: `<${alert_id}@hookpulse>`,
    receivers: ['ops@example.com'],
    alerts_named: 1,
    detail: null,
    ...changes,
  };
}
