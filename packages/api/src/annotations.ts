/** Notes on the time line: how they are made and told. */
import { AnnotationKind, AnnotationSchema } from '@hookpulse/common/events/annotation';
import { BotId } from '@hookpulse/common/events/webhook-event';
import { MOMENT_FORM } from '@hookpulse/common/values/moment';
import { REPAIRABLE_LINE } from '@hookpulse/common/values/visible-line';
import Type, { type Static } from 'typebox';

export const NewAnnotationSchema = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: REPAIRABLE_LINE,
      description: 'a line of 1 to 200 characters, not all blank, without control characters',
    }),
    kind: Type.Optional(AnnotationKind),
    bot_id: Type.Optional(
      Type.Union([BotId, Type.Null()], {
        description: 'a bot_id, or null (default) for all bots',
      }),
    ),
    at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: `${MOMENT_FORM}; at most 90 days ago, not in the future; default: now`,
      }),
    ),
  },
  { additionalProperties: false, examples: [{ text: 'v2.3', bot_id: 'orders-bot' }] },
);

export const AnnotationsSchema = Type.Object({
  annotations: Type.Array(AnnotationSchema, { description: 'newest first' }),
});
export type AnnotationList = Static<typeof AnnotationsSchema>;
