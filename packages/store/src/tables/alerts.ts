/** The history of alerts: one row a transition, and one row for what became of a mail. */
import { TRANSITIONS } from '@hookpulse/common/alerts/alert';
import { MAIL_STATES } from '@hookpulse/common/alerts/mail-receipt';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { Count } from '@hookpulse/common/values/count';
import Type from 'typebox';
import { BigText, defineTable, milliseconds, TimeText } from './table.ts';

const READINGS = { at_ms: milliseconds('at') };

export const ALERTS = defineTable(
  'webhook_alerts',
  {
    bot_id: Type.String(),
    bot_name: Type.String(),
    rule: Type.String(),
    alert_id: Type.String(),
    sequence: Count,
    transition: Type.Enum(TRANSITIONS),
    at: TimeText,
    fired_at: TimeText,
    reason: Type.String(),
    severity: Type.Number(),
    facts: Type.Record(Type.String(), Type.Number()),
    /** JSON; empty: none. */
    causes: Type.String(),
  },
  READINGS,
);

export const ALERT_MAILS = defineTable(
  'webhook_alert_mails',
  {
    bot_id: Type.String(),
    rule: Type.String(),
    alert_id: Type.String(),
    sequence: Count,
    log_time: TimeText,
    log_offset: BigText,
    state: Type.Enum(MAIL_STATES),
    at: TimeText,
    message_id: Nullable(Type.String()),
    thread_id: Nullable(Type.String()),
    receivers: Type.Array(Type.String()),
    alerts_named: Count,
    detail: Nullable(Type.String()),
  },
  READINGS,
);
