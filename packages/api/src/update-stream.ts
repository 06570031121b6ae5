/** Requests of `GET /api/updates/stream`, and what a client of a group reports. */
import { BotId } from '@hookpulse/common/events/webhook-event';
import { MOMENT_FORM } from '@hookpulse/common/values/moment';
import Type from 'typebox';

/** As it becomes part of the name of a group on the log. */
export const GroupName = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,64}$',
  description: '1 to 64 of A-Z a-z 0-9 . _ -',
});

const MAX_PENDING_LIMIT = 10_000;

export const UpdateStreamQuerySchema = Type.Object({
  bot_id: BotId,
  group: Type.Optional(GroupName),
  start: Type.Optional(
    Type.Enum(['earliest', 'latest'], {
      description:
        'earliest or latest: where a group begins that has no position yet; default: earliest',
    }),
  ),
  from: Type.Optional(
    Type.String({
      format: 'date-time',
      description: `${MOMENT_FORM}; without group: updates received from then on; default: now`,
    }),
  ),
  max_pending: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_PENDING_LIMIT,
      description: `1 to ${MAX_PENDING_LIMIT}: so many updates of a group are sent before they are done; default: 500`,
    }),
  ),
  last_event_id: Type.Optional(
    Type.String({
      description: 'up to there everything is done; or send the header Last-Event-ID',
    }),
  ),
});

export const StreamProgressSchema = Type.Object(
  {
    bot_id: BotId,
    stream_id: Type.String({ format: 'uuid', description: 'of the stream’s event "opened"' }),
    id: Type.Optional(
      Type.String({
        pattern: '^\\d{1,6}-\\d{1,19}$',
        description: 'the id of an update or a heartbeat of this stream',
        examples: ['3-1024'],
      }),
    ),
    handled: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'how many updates of this stream are done; 0 or more',
    }),
    released: Type.Optional(
      Type.Boolean({ description: 'true: after "revoked", nothing is under way any more' }),
    ),
  },
  { additionalProperties: false },
);
