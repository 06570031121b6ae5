/** What most of a bot's failures come down to. */
import Type, { type Static } from 'typebox';
import { Nullable } from './webhook-event.ts';

/** A group of errors as the cause of failures. */
export const ErrorCauseSchema = Type.Object({
  fingerprint: Type.String(),
  error_type: Nullable(Type.String()),
  error_message: Nullable(
    Type.String({ description: 'of the newest event; in an alert the pattern of the messages' }),
  ),
  count: Type.Integer({ minimum: 0, description: 'events of the group among the failures' }),
  failures: Type.Integer({ minimum: 0, description: 'all failures in the same time' }),
  since: Nullable(
    Type.String({
      format: 'date-time',
      description: 'when it began: before, the group was quiet; null: earlier than is looked back',
    }),
  ),
  update_types: Type.Array(Type.String(), {
    description: 'kinds of the updates that failed so; empty: not known of all of them',
  }),
});
export type ErrorCause = Static<typeof ErrorCauseSchema>;

/** A group that was quiet for longer begins anew, milliseconds. */
export const QUIET_MS = 15 * 60_000;
