/** A note on the time line, such as a deployment or a restart: charts show it beside what happened then. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { MINUTE_MS } from '../values/durations.ts';
import { BotId, Nullable } from './webhook-event.ts';

const Timestamp = Type.String({ format: 'date-time' });

const ANNOTATION_KINDS = ['note', 'restart'] as const;
export const AnnotationKind = Type.Enum(ANNOTATION_KINDS, {
  description: 'note: what people noted (default); restart: a process started',
});

export const AnnotationSchema = Type.Object({
  annotation_id: Type.String({ minLength: 1 }),
  kind: Type.Optional(AnnotationKind),
  /** Null: about all bots. */
  bot_id: Nullable(BotId),
  text: Type.String({ minLength: 1, maxLength: 200 }),
  /** When it happened. */
  at: Timestamp,
  last_at: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'of several restarts close together: the time of the last; at is the first',
    }),
  ),
  created_by: Type.String({ minLength: 1, maxLength: 100 }),
  created_at: Timestamp,
});
export type Annotation = Static<typeof AnnotationSchema>;

export const annotationValidator = Compile(AnnotationSchema);

/** Restarts of the same that are closer together are one annotation: a process may crash in a loop. */
export const SAME_RESTARTS_MS = 10 * MINUTE_MS;

/**
 * The annotation of a restart: its own, or that of restarts close to it, extended to it.
 * @param known - all that were noted before
 */
export function mergedRestart(known: readonly Annotation[], restart: Annotation): Annotation {
  const [fromMs, toMs] = spanOf(restart);
  const close = known.find((one) => {
    const [otherFromMs, otherToMs] = spanOf(one);
    const gapMs = Math.max(fromMs - otherToMs, otherFromMs - toMs);
    return isSameProcess(one, restart) && gapMs <= SAME_RESTARTS_MS;
  });
  if (close === undefined) return restart;
  const times = [close, restart].flatMap(({ at, last_at = at }) => [at, last_at]);
  const [at = restart.at, ...later] = times.toSorted((a, b) => Date.parse(a) - Date.parse(b));
  const last_at = later.at(-1) ?? at;
  return { ...close, at, ...(last_at === at ? {} : { last_at }) };
}

/** What it tells, moment by moment, oldest first: of several restarts the first and the last. */
export function annotatedMoments({
  at,
  text,
  last_at,
}: Pick<Annotation, 'at' | 'text' | 'last_at'>): { readonly at: string; readonly text: string }[] {
  const first = { at, text };
  return last_at === undefined ? [first] : [first, { at: last_at, text: `${text} again` }];
}

function isSameProcess(a: Annotation, b: Annotation): boolean {
  return (
    a.kind === 'restart' &&
    a.bot_id === b.bot_id &&
    a.text === b.text &&
    a.created_by === b.created_by
  );
}

/** Milliseconds since the epoch. */
function spanOf({ at, last_at = at }: Annotation): [fromMs: number, toMs: number] {
  return [Date.parse(at), Date.parse(last_at)];
}
