/** Which events somebody asks for (contract, section 6): of what is stored, and of what arrives. */
import {
  ERROR_FINGERPRINT_PATTERN,
  errorFingerprint,
  isFailure,
} from '@hookpulse/common/events/error-fingerprint';
import {
  BotId,
  EventStatusName,
  EventTypeName,
  UpdateId,
  type WebhookEvent,
} from '@hookpulse/common/events/webhook-event';
import Type, { type Static } from 'typebox';

/** `error_type` is cut to this when it is reported. */
const MAX_ERROR_TYPE_LENGTH = 100;
/** Bots report kinds of their own, too. */
const MAX_UPDATE_TYPE_LENGTH = 100;

/** Fields of a query string that events have to be equal to. */
export const EVENT_FILTER_FIELDS = {
  bot_id: Type.Optional(BotId),
  event_type: Type.Optional(EventTypeName),
  status: Type.Optional(EventStatusName),
  error_type: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_ERROR_TYPE_LENGTH,
      description: `1 to ${MAX_ERROR_TYPE_LENGTH} characters`,
    }),
  ),
  update_id: Type.Optional(UpdateId),
  update_type: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_UPDATE_TYPE_LENGTH,
      description: `a kind of updates, such as callback_query: 1 to ${MAX_UPDATE_TYPE_LENGTH} characters`,
    }),
  ),
  error_fingerprint: Type.Optional(
    Type.String({
      pattern: ERROR_FINGERPRINT_PATTERN,
      description: 'a group of errors: 16 hexadecimal digits, as GET /api/errors tells them',
    }),
  ),
};

const Fields = Type.Object(EVENT_FILTER_FIELDS);
export type EventFilter = Static<typeof Fields>;

const EVENT_FILTER_NAMES = [
  'bot_id',
  'event_type',
  'status',
  'error_type',
  'update_id',
  'update_type',
  'error_fingerprint',
] as const satisfies readonly (keyof EventFilter)[];

export function matchesFilter(event: WebhookEvent, filter: EventFilter): boolean {
  return EVENT_FILTER_NAMES.every((name) => {
    const wanted = filter[name];
    if (wanted === undefined) return true;
    return name === 'error_fingerprint' ? hasFingerprint(event, wanted) : event[name] === wanted;
  });
}

function hasFingerprint(event: WebhookEvent, wanted: unknown): boolean {
  return isFailure(event) && errorFingerprint(event) === wanted;
}
