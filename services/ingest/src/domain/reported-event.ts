/**
 * Normalising what a bot reports of its own work: checked against its schema and the rules of the
 * contract (section 4), filled with defaults, and given as the one event that stands on the log.
 */

import { newEventId } from '@hookpulse/common/events/event-identity';
import { MAX_CLOCK_SKEW_MS } from '@hookpulse/common/events/log-time';
import {
  BotId,
  DurationMs,
  EVENT_STATUSES,
  EventId,
  type EventStatus,
  EventStatusName,
  type EventType,
  EventTypeName,
  UpdateId,
  type WebhookEvent,
} from '@hookpulse/common/events/webhook-event';
import { normalIpAddress } from '@hookpulse/common/values/ip-address';
import { iso } from '@hookpulse/common/values/iso';
import { MOMENT_FORM, parseMoment } from '@hookpulse/common/values/moment';
import { describeProblems } from '@hookpulse/common/values/schema-problems';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const MAX_ERROR_TYPE_LENGTH = 100;
const MAX_ERROR_MESSAGE_LENGTH = 2_000;
const MAX_UPDATE_TYPE_LENGTH = 100;

const NUL = '\0';
const REPLACEMENT_CHARACTER = '\uFFFD';

/** The schema or null, not demanded, with the description of both. */
function optional<T extends Type.TSchema>(schema: T, description: string) {
  const union = Type.Union([schema, Type.Null()], { description: `${description}, or null` });
  return Type.Optional(union);
}

/** One event as a bot reports it. */
export const ReportedEventSchema = Type.Object(
  {
    event_id: Type.Optional(EventId),
    bot_id: BotId,
    event_type: EventTypeName,
    status: optional(EventStatusName, `one of ${EVENT_STATUSES.join(', ')}`),
    timestamp: optional(Type.String(), MOMENT_FORM),
    update_id: optional(UpdateId, 'an integer from -(2^53 - 1) to 2^53 - 1'),
    update_type: optional(Type.String(), 'text'),
    processing_time_ms: optional(DurationMs, 'a finite number of milliseconds, 0 or more'),
    response_time_ms: optional(DurationMs, 'a finite number of milliseconds, 0 or more'),
    error_type: optional(Type.String(), 'text'),
    error_message: optional(Type.String(), 'text'),
    ip_address: optional(Type.String(), 'an IPv4 or IPv6 address'),
    telegram_signature_valid: optional(Type.Boolean(), 'true or false'),
  },
  { additionalProperties: false, description: 'a JSON object' },
);
export type ReportedEvent = Static<typeof ReportedEventSchema>;

const reportedEventValidator = Compile(ReportedEventSchema);

export interface ReportRules {
  readonly nowMs: number;
  /** Events older than this are refused, milliseconds. */
  readonly retentionMs: number;
}

export type Normalised =
  | {
      readonly kind: 'event';
      readonly event: WebhookEvent;
      /** One of its texts was. */
      readonly isRepaired: boolean;
    }
  /** All that is wrong with it, in one message. */
  | { readonly kind: 'bad'; readonly message: string };

export function normaliseReportedEvent(value: unknown, rules: ReportRules): Normalised {
  if (!reportedEventValidator.Check(value)) {
    const problems = describeProblems(ReportedEventSchema, reportedEventValidator.Errors(value));
    return bad(problems.map(({ message }) => message));
  }
  const timestamp = value.timestamp ?? null;
  const timestampMs = timestamp === null ? rules.nowMs : parseMoment(timestamp);
  const status = value.status ?? defaultStatus(value.event_type);
  const problems = [
    ...timestampProblems(timestampMs, rules),
    ...statusProblems(value.event_type, status),
  ];
  // Of a delivery that was refused nothing is known: its body is not looked at.
  const isUpdateKnown = (value.update_id ?? null) !== null || status === 'failed';
  if (value.event_type === 'received' && !isUpdateKnown) {
    problems.push('update_id is required for a received event');
  }
  if (typeof value.ip_address === 'string' && normalIpAddress(value.ip_address) === null) {
    problems.push('ip_address must be an IPv4 or IPv6 address, or null');
  }
  if (problems.length > 0 || timestampMs === null) return bad(problems);
  return {
    kind: 'event',
    event: toEvent(value, status, timestampMs, rules.nowMs),
    isRepaired: [value.update_type, value.error_type, value.error_message].some(needsRepair),
  };
}

function toEvent(
  reported: ReportedEvent,
  status: EventStatus,
  timestampMs: number,
  nowMs: number,
): WebhookEvent {
  return {
    event_id: reported.event_id?.toLowerCase() ?? newEventId(nowMs),
    bot_id: reported.bot_id,
    event_type: reported.event_type,
    status,
    timestamp: iso(timestampMs),
    update_id: reported.update_id ?? null,
    // An empty one names no kind.
    update_type: cut(reported.update_type || null, MAX_UPDATE_TYPE_LENGTH),
    processing_time_ms: reported.processing_time_ms ?? null,
    response_time_ms: reported.response_time_ms ?? null,
    error_type: cut(reported.error_type, MAX_ERROR_TYPE_LENGTH),
    error_message: cut(reported.error_message, MAX_ERROR_MESSAGE_LENGTH),
    ip_address: normalIpAddress(reported.ip_address ?? undefined),
    telegram_signature_valid: reported.telegram_signature_valid ?? null,
  };
}

function defaultStatus(eventType: EventType): EventStatus {
  switch (eventType) {
    case 'error':
      return 'failed';
    case 'retry':
      return 'pending';
    case 'received':
    case 'processed':
    case 'response_sent':
      return 'success';
    default:
      return eventType satisfies never;
  }
}

function statusProblems(eventType: EventType, status: EventStatus): string[] {
  if (eventType === 'processed' && status === 'failed') {
    return ['status must not be failed for a processed event: report an error event instead'];
  }
  if (eventType === 'error' && status === 'success') {
    return ['status must not be success for an error event'];
  }
  return [];
}

function timestampProblems(timestampMs: number | null, rules: ReportRules): string[] {
  if (timestampMs === null) {
    return ['timestamp must be ISO 8601 with a zone, such as 2026-02-10T20:00:00.000Z'];
  }
  if (timestampMs > rules.nowMs + MAX_CLOCK_SKEW_MS) {
    return ['timestamp is more than 5 minutes in the future'];
  }
  if (timestampMs < rules.nowMs - rules.retentionMs) {
    return ['timestamp is older than the retention'];
  }
  return [];
}

/** Repaired, at most so many characters: an emoji is one, and two UTF-16 units. */
function cut(text: string | null | undefined, maxLength: number): string | null {
  const whole = repaired(text ?? null);
  if (whole === null || whole.length <= maxLength) return whole;
  return [...whole.slice(0, 2 * maxLength)].slice(0, maxLength).join('');
}

/** Half an emoji, as a cut message ends in, has no UTF-8 form; a NUL ends strings in C libraries. */
function needsRepair(text: string | null | undefined): boolean {
  return typeof text === 'string' && (!text.isWellFormed() || text.includes(NUL));
}

function repaired(text: string | null): string | null {
  if (text === null || !needsRepair(text)) return text;
  return text.toWellFormed().replaceAll(NUL, REPLACEMENT_CHARACTER);
}

function bad(messages: readonly string[]): Normalised {
  return { kind: 'bad', message: messages.join('; ') };
}
