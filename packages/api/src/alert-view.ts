/** An alert as the API shows it. */

import { type AlertSubject, TRANSITIONS } from '@hookpulse/common/alerts/alert';
import { MAIL_STATES } from '@hookpulse/common/alerts/mail-receipt';
import { type Silence, silenceOf } from '@hookpulse/common/alerts/silence';
import { ErrorCauseSchema } from '@hookpulse/common/events/error-cause';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import Type, { type Static } from 'typebox';
import {
  isResolved,
  type KnownAlert,
  type KnownReceipt,
  newestOfChannels,
  receiptOf,
  receiptsOf,
} from './known-alert.ts';
import { NextCursor } from './next-cursor.ts';

const Time = Type.String({ format: 'date-time' });
const Facts = Type.Record(Type.String(), Type.Number(), {
  description: 'the measured numbers and the limits that they were compared with',
});
const Reason = Type.String({ description: 'why the alert fired or was resolved' });
const AsOf = Type.String({
  format: 'date-time',
  description: 'time of the newest transition, which reason, severity and facts describe',
});
const Severity = Type.Number({ description: 'larger is worse, among alerts of its rule' });
const Receivers = Type.Array(Type.String());
const Detail = Type.Union([Type.String(), Type.Null()], {
  description:
    'why it was not delivered, what the mail server answered, or which silence held it back',
});
const Attempts = Type.Integer({ minimum: 0, description: 'number of failed attempts' });
const NextAttempt = Type.Union([Time, Type.Null()], {
  description: 'time of the next attempt, if it could not be delivered',
});
const MailStates = [...MAIL_STATES, 'pending'] as const;

export const ALERT_STATES = ['firing', 'resolved'] as const;
export const AlertStateName = Type.Enum(ALERT_STATES, {
  description: `one of ${ALERT_STATES.join(', ')}`,
});

const TransitionMailSchema = Type.Object({
  state: Type.Enum(MAIL_STATES),
  detail: Detail,
  at: Time,
  receivers: Receivers,
  attempts: Attempts,
  next_attempt_at: NextAttempt,
});

const TransitionViewSchema = Type.Object({
  sequence: Type.Integer({ description: 'number of the transition, counted per bot and rule' }),
  transition: Type.Enum(TRANSITIONS),
  at: Time,
  reason: Reason,
  severity: Severity,
  facts: Facts,
  mail: Type.Union([TransitionMailSchema, Type.Null()], {
    description: 'outcome of its mail; null: none yet',
  }),
  notifications: Type.Array(TransitionMailSchema, {
    description: 'outcome at each receiver: mails first, then other channels',
  }),
});

export const AlertViewSchema = Type.Object({
  alert_id: Type.String(),
  bot_id: Type.String(),
  bot_name: Type.String(),
  rule: Type.String(),
  state: AlertStateName,
  fired_at: Time,
  resolved_at: Nullable(Time),
  duration_seconds: Type.Integer({
    minimum: 0,
    description: 'from when it fired until it was resolved, or until now',
  }),
  reason: Reason,
  severity: Severity,
  facts: Facts,
  causes: Type.Array(ErrorCauseSchema, {
    description: 'the largest groups of errors while it fires, the largest first',
  }),
  as_of: AsOf,
  silence: Type.Union(
    [
      Type.Object({
        silence_id: Type.String(),
        reason: Type.String(),
        created_by: Type.String(),
        ends_at: Time,
      }),
      Type.Null(),
    ],
    { description: 'the silence that holds its mails back now' },
  ),
  mail: Type.Object(
    {
      state: Type.Enum(MailStates),
      detail: Detail,
      at: Nullable(Time),
      receivers: Receivers,
      attempts: Attempts,
      next_attempt_at: NextAttempt,
    },
    { description: 'newest outcome of its mails; pending: none yet' },
  ),
  channels: Type.Array(
    Type.Object({
      receiver: Type.String({ description: 'without its secret' }),
      state: Type.Enum(MAIL_STATES),
      detail: Detail,
      at: Time,
      attempts: Attempts,
      next_attempt_at: NextAttempt,
    }),
    { description: 'newest outcome at each receiver that is no mail address' },
  ),
  transitions: Type.Array(TransitionViewSchema, { description: 'oldest first' }),
});
export type AlertView = Static<typeof AlertViewSchema>;

export const AlertsSchema = Type.Object({
  alerts: Type.Array(AlertViewSchema, { description: 'newest first, by the time they fired' }),
  next_cursor: NextCursor,
});

/** On a route that may be open to everybody: nothing of receivers and of who silenced it. */
export const FiringAlertSchema = Type.Object({
  alert_id: Type.String(),
  rule: Type.String(),
  fired_at: Time,
  duration_seconds: Type.Integer({ minimum: 0 }),
  reason: Reason,
  severity: Severity,
  facts: Facts,
  as_of: AsOf,
  silenced: Type.Boolean({ description: 'whether a silence holds its mails back now' }),
});
export type FiringAlert = Static<typeof FiringAlertSchema>;

export interface AlertMoment {
  readonly silences: readonly Silence[];
  readonly nowMs: number;
}

/** @param isSuperseded - the bot and rule have an alert that fired later, so this one is over */
export function alertView(
  alert: KnownAlert,
  isSuperseded: boolean,
  { silences, nowMs }: AlertMoment,
): AlertView {
  const { newest, resolvedAtMs } = endOf(alert);
  const isOver = resolvedAtMs !== null || isSuperseded;
  const endMs = isOver ? (resolvedAtMs ?? Date.parse(newest.at)) : nowMs;
  return {
    alert_id: alert.alertId,
    bot_id: alert.botId,
    bot_name: alert.botName,
    rule: alert.rule,
    state: isOver ? 'resolved' : 'firing',
    fired_at: iso(alert.firedAtMs),
    resolved_at: resolvedAtMs === null ? null : iso(resolvedAtMs),
    duration_seconds: secondsBetween(alert.firedAtMs, endMs),
    reason: newest.reason,
    severity: newest.severity,
    facts: newest.facts,
    causes: causesOf(alert),
    as_of: newest.at,
    silence: silenceView(silenceOf(subjectOf(alert), silences, nowMs)),
    mail: mailView(receiptOf(newestSequence(alert.receipts), alert.receipts)) ?? NO_MAIL,
    channels: newestOfChannels(alert.receipts).map(channelView),
    transitions: alert.transitions.map((one) => ({
      sequence: one.sequence,
      transition: one.transition,
      at: one.at,
      reason: one.reason,
      severity: one.severity,
      facts: one.facts,
      mail: mailView(receiptOf(one.sequence, alert.receipts)),
      notifications: receiptsOf(one.sequence, alert.receipts).map(notificationView),
    })),
  };
}

export function firingAlert(alert: KnownAlert, { silences, nowMs }: AlertMoment): FiringAlert {
  const { newest } = endOf(alert);
  return {
    alert_id: alert.alertId,
    rule: alert.rule,
    fired_at: iso(alert.firedAtMs),
    duration_seconds: secondsBetween(alert.firedAtMs, nowMs),
    reason: newest.reason,
    severity: newest.severity,
    facts: newest.facts,
    as_of: newest.at,
    silenced: silenceOf(subjectOf(alert), silences, nowMs) !== null,
  };
}

/** Those that were named last while it fired: at the end there is none. */
function causesOf({ transitions }: KnownAlert): AlertView['causes'] {
  const named = transitions.findLast(
    ({ transition, causes }) => transition !== 'resolved' && causes,
  );
  return [...(named?.causes ?? [])];
}

const NO_MAIL: AlertView['mail'] = {
  state: 'pending',
  detail: null,
  at: null,
  receivers: [],
  attempts: 0,
  next_attempt_at: null,
};

function endOf(alert: KnownAlert) {
  const newest = alert.transitions.at(-1);
  if (!newest) throw new TypeError(`nothing has ever happened to alert ${alert.alertId}`);
  return { newest, resolvedAtMs: isResolved(alert) ? Date.parse(newest.at) : null };
}

function subjectOf({ botId, rule }: KnownAlert): AlertSubject {
  return { bot_id: botId, rule };
}

function silenceView(silence: Silence | null): AlertView['silence'] {
  if (!silence) return null;
  const { silence_id, reason, created_by, ends_at } = silence;
  return { silence_id, reason, created_by, ends_at };
}

/** Of what became of notifications; 0: nothing yet. */
function newestSequence(receipts: readonly KnownReceipt[]): number {
  const mails = receipts.filter(({ channel }) => channel === undefined);
  return (mails.at(-1) ?? receipts.at(-1))?.sequence ?? 0;
}

function channelView(receipt: KnownReceipt): AlertView['channels'][number] {
  const { channel = '', state, detail, at, attempts = 0, next_attempt_at = null } = receipt;
  return { receiver: channel, state, detail, at, attempts, next_attempt_at };
}

function mailView(receipt: KnownReceipt | null) {
  if (!receipt) return null;
  const { state, detail, at, receivers, attempts = 0, next_attempt_at = null } = receipt;
  return { state, detail, at, receivers: [...receivers], attempts, next_attempt_at };
}

/** A receiver that is no mail address is named alone. */
function notificationView(receipt: KnownReceipt) {
  const { channel, state, detail, at, attempts = 0, next_attempt_at = null } = receipt;
  const receivers = channel === undefined ? [...receipt.receivers] : [channel];
  return { state, detail, at, receivers, attempts, next_attempt_at };
}

/** Not below 0, whatever the clocks of two machines say. */
function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) / 1_000));
}
