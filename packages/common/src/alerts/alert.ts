/**
 * An alert: one rule holding for one bot, from when it fires until it is resolved. What happens to it
 * are transitions, each one message on `webhook.alerts` (contract, sections 4 and 7).
 */

import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { v5 } from 'uuid';
import { ErrorCauseSchema } from '../events/error-cause.ts';
import { BotId } from '../events/webhook-event.ts';

export const TRANSITIONS = ['firing', 'reminder', 'resolved'] as const;
export type TransitionName = (typeof TRANSITIONS)[number];

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC, ms' });

const PastTransitionSchema = Type.Object({
  alert_id: Type.String({ description: 'the same for all transitions of an alert' }),
  /** When it was judged to hold: the log was known up to that moment. */
  fired_at: Timestamp,
  /** Counts the transitions of a bot and rule, from 1: the next one is one more. */
  sequence: Type.Integer({ minimum: 1 }),
  transition: Type.Enum(TRANSITIONS),
  at: Timestamp,
  /** One or more sentences for people: why the alert fired or was resolved. */
  reason: Type.String(),
  /** How bad it is among alerts of its rule; larger is worse. */
  severity: Type.Number(),
  /** The numbers that were judged, and the limits that they were judged by. */
  facts: Type.Record(Type.String(), Type.Number()),
  /** The largest groups of errors, when it was judged; absent: it is no matter of errors. */
  causes: Type.Optional(Type.Array(ErrorCauseSchema)),
});
export type PastTransition = Static<typeof PastTransitionSchema>;

/** Fields that a later version adds are let through. */
export const AlertTransitionSchema = Type.Object({
  bot_id: BotId,
  bot_name: Type.String(),
  rule: Type.String({ minLength: 1 }),
  ...PastTransitionSchema.properties,
  /**
   * Older transitions of the bot and rule, oldest first: the topic is compacted, so the newest
   * message has to tell what mails are still due and how the alert came about.
   */
  earlier: Type.Array(PastTransitionSchema),
  /** W3C Trace Context of the transition, where the event before it was traced. */
  traceparent: Type.Optional(Type.String({ maxLength: 55 })),
});
export type AlertTransition = Static<typeof AlertTransitionSchema>;

export const alertTransitionValidator = Compile(AlertTransitionSchema);

export interface AlertSubject {
  readonly bot_id: string;
  readonly rule: string;
}

/** Key on `webhook.alerts`: a bot's id has no bar. */
export function alertKey({ bot_id, rule }: AlertSubject): string {
  return `${bot_id}|${rule}`;
}

/** Namespace of the ids of alerts (RFC 9562, section 5.5); chosen once, never changed. */
const NAMESPACE = 'b7c0b1c4-3f0e-4b57-9a43-2f6d8e1a7c55';

/**
 * Follows from the bot, the rule and the number of the transition that fired it: two alerters that
 * decide the same thing at the same time speak of one alert.
 * @param since - when the bot was made: one that is made anew has alerts of its own
 */
export function alertIdOf(subject: AlertSubject, firedSequence: number, since: string): string {
  return v5(`${alertKey(subject)}|${firedSequence}|${since}`, NAMESPACE);
}

/** All that the message tells, oldest first, itself last. */
export function transitionsOf(transition: AlertTransition): PastTransition[] {
  return [...transition.earlier, pastOf(transition)];
}

export function pastOf(transition: AlertTransition): PastTransition {
  const { alert_id, fired_at, sequence, at, reason, severity, facts, causes } = transition;
  return {
    alert_id,
    fired_at,
    sequence,
    transition: transition.transition,
    at,
    reason,
    severity,
    facts,
    ...(causes ? { causes } : {}),
  };
}
