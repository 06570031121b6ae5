/** Which events somebody asks for (contract, section 6): of what is stored, and of what arrives. */
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
};

const Fields = Type.Object(EVENT_FILTER_FIELDS);
export type EventFilter = Static<typeof Fields>;

export const EVENT_FILTER_NAMES = [
  'bot_id',
  'event_type',
  'status',
  'error_type',
  'update_id',
] as const satisfies readonly (keyof EventFilter)[];

export function matchesFilter(event: WebhookEvent, filter: EventFilter): boolean {
  return EVENT_FILTER_NAMES.every(
    (name) => filter[name] === undefined || event[name] === filter[name],
  );
}
