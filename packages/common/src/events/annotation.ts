/** A note on the time line, such as a deployment: charts show it beside what happened then. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { BotId, Nullable } from './webhook-event.ts';

const Timestamp = Type.String({ format: 'date-time' });

export const AnnotationSchema = Type.Object({
  annotation_id: Type.String({ minLength: 1 }),
  /** Null: about all bots. */
  bot_id: Nullable(BotId),
  text: Type.String({ minLength: 1, maxLength: 200 }),
  /** When it happened. */
  at: Timestamp,
  created_by: Type.String({ minLength: 1, maxLength: 100 }),
  created_at: Timestamp,
});
export type Annotation = Static<typeof AnnotationSchema>;

export const annotationValidator = Compile(AnnotationSchema);
