/**
 * The event: one fact about one delivery, the same on the log, over HTTP and in ClickHouse
 * (contract, section 4). A normalised event has every field; what is not known is null.
 */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { namesOf, pick, recordOf } from '../values/records.ts';

export const EVENT_TYPES = ['received', 'processed', 'error', 'response_sent', 'retry'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const EVENT_STATUSES = ['success', 'failed', 'pending'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** `error_type` of a delivery whose secret was missing or wrong. */
export const INVALID_SIGNATURE = 'InvalidSignature';
/** `error_type` of a delivery with the right secret whose body is no update. */
export const INVALID_UPDATE = 'InvalidUpdate';
/** `error_type` of an update that was received and never processed. */
export const TIMEOUT = 'Timeout';

const UUID_PATTERN =
  '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** Milliseconds and `Z`: what `Date.prototype.toISOString` writes for the years 0 to 9999. */
const NORMAL_TIMESTAMP_PATTERN = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$';

/** The fields' own schemas; a description says in words what is allowed. */
export const BotId = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: '1 to 64 of A-Z a-z 0-9 _ -',
});
export const EventId = Type.String({ pattern: UUID_PATTERN, description: 'a UUID' });
export const EventTypeName = Type.Enum(EVENT_TYPES, {
  description: `one of ${EVENT_TYPES.join(', ')}`,
});
export const EventStatusName = Type.Enum(EVENT_STATUSES, {
  description: `one of ${EVENT_STATUSES.join(', ')}`,
});
export const UpdateId = Type.Integer({
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'an integer from -(2^53 - 1) to 2^53 - 1',
});
export const DurationMs = Type.Number({
  minimum: 0,
  description: 'a finite number of milliseconds, 0 or more',
});

/** The schema, or null. */
export function Nullable<T extends Type.TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** Null where they are not known. */
const DETAILS = {
  update_id: Nullable(UpdateId),
  update_type: Nullable(Type.String()),
  processing_time_ms: Nullable(DurationMs),
  response_time_ms: Nullable(DurationMs),
  error_type: Nullable(Type.String()),
  error_message: Nullable(Type.String()),
  ip_address: Nullable(Type.String()),
  telegram_signature_valid: Nullable(Type.Boolean()),
};

/** Of an event everywhere: on the log, over HTTP and in the store. */
export const EVENT_FIELDS = {
  event_id: EventId,
  bot_id: BotId,
  event_type: EventTypeName,
  status: EventStatusName,
  timestamp: Type.String({ pattern: NORMAL_TIMESTAMP_PATTERN }),
  ...DETAILS,
};
export type EventField = keyof typeof EVENT_FIELDS;

/** `reported_by` of events that tell what the forwarder did for a bot. */
export const FORWARDER = 'forwarder';

/** A normalised event on the log. Unknown fields are allowed, because a later version may add some. */
export const WebhookEventSchema = Type.Object({
  ...EVENT_FIELDS,
  /** Absent: the bot or ingest reported it. Any name, as a later version may have others. Not part of answers. */
  reported_by: Type.Optional(Type.String()),
});

export type WebhookEvent = Static<typeof WebhookEventSchema>;

/** Of an event of which no more is known than its kind, bot and time. */
export const NO_DETAILS = recordOf(namesOf(DETAILS), () => null);

/** The fields of an event that answers carry. */
export function knownFields(event: WebhookEvent): WebhookEvent {
  return pick(event, namesOf(EVENT_FIELDS));
}

/** Checks values that claim to be normalised events; compiled once, it is on the hot path. */
export const webhookEventValidator = Compile(WebhookEventSchema);
