/** Errors that are one fault, as `GET /api/errors` tells them: of what type, since when, how often, where. */
import { ErrorCauseSchema } from '@hookpulse/common/events/error-cause';
import { errorPattern } from '@hookpulse/common/events/error-pattern';
import { ERROR_STATES, type ErrorMark, errorStateOf } from '@hookpulse/common/events/error-state';
import { BotId, EventId, Nullable, UpdateId } from '@hookpulse/common/events/webhook-event';
import { Count } from '@hookpulse/common/values/count';
import { iso } from '@hookpulse/common/values/iso';
import { MOMENT_FORM } from '@hookpulse/common/values/moment';
import { errorRate, formatRate } from '@hookpulse/common/windows/counters';
import Type, { type Static } from 'typebox';

const Timestamp = Type.String({ format: 'date-time' });

const SampleSchema = Type.Object({
  event_id: EventId,
  bot_id: BotId,
  timestamp: Timestamp,
  update_id: Nullable(UpdateId),
  update_type: Nullable(Type.String()),
  error_message: Nullable(Type.String()),
});

export const ErrorGroupSchema = Type.Object({
  fingerprint: Type.String({ description: 'the same for all errors of the group' }),
  error_type: Nullable(Type.String()),
  pattern: Type.String({ description: 'the message without what differs' }),
  error_message: Nullable(Type.String({ description: 'of the newest event in the range' })),
  state: Type.Enum(ERROR_STATES),
  count: Type.Integer({ description: 'events in the range' }),
  share: Type.String({ description: 'of the failures in the range', examples: ['97.0%'] }),
  first_seen: Type.String({
    format: 'date-time',
    description: 'of all stored events, whatever is filtered by',
  }),
  last_seen: Type.String({
    format: 'date-time',
    description: 'of all stored events, whatever is filtered by',
  }),
  line: Type.Object(
    {
      from: Timestamp,
      step_seconds: Type.Integer({
        description: '60; 3600 when the range is longer than 25 hours',
      }),
      counts: Type.Array(Count),
    },
    { description: 'events by minute or hour, from the first to the last one' },
  ),
  bot_count: Count,
  bots: Type.Array(Type.Object({ bot_id: BotId, count: Count }), {
    description: 'those with most of the events',
  }),
  update_types: Type.Array(Type.Object({ update_type: Nullable(Type.String()), count: Count }), {
    description: 'kinds of updates with most of the events; null: not known',
  }),
  samples: Type.Array(SampleSchema, { description: 'the newest events in the range' }),
  marked_by: Nullable(Type.String({ description: 'who resolved or ignored it' })),
  marked_at: Nullable(Timestamp),
  ignored_until: Nullable(Timestamp),
});
export type ErrorGroup = Static<typeof ErrorGroupSchema>;

export const ErrorGroupsSchema = Type.Object({
  from: Timestamp,
  to: Timestamp,
  failures: Type.Integer({
    description:
      'all failures in the range that match the filters other than error_type and error_fingerprint',
  }),
  total_groups: Count,
  groups: Type.Array(ErrorGroupSchema, { description: 'the most frequent first' }),
});
export type ErrorGroups = Static<typeof ErrorGroupsSchema>;

export const LeadingCausesSchema = Type.Object({
  as_of: Timestamp,
  causes: Type.Array(Type.Object({ bot_id: BotId, ...ErrorCauseSchema.properties })),
});
export type LeadingCauses = Static<typeof LeadingCausesSchema>;

/** Longer ones are forgotten by those who asked for them. */
export const MAX_IGNORED_DAYS = 90;

export const ErrorChangeSchema = Type.Object(
  {
    state: Type.Enum(['resolved', 'ignored', 'open'], {
      description: 'resolved, ignored or open; open removes the mark',
    }),
    ignored_until: Type.Optional(
      Type.String({
        format: 'date-time',
        description: `${MOMENT_FORM}, at most ${MAX_IGNORED_DAYS} days ahead; with state ignored`,
      }),
    ),
  },
  { additionalProperties: false, examples: [{ state: 'resolved' }] },
);

/** A group as the store sums it up. All times are milliseconds since the epoch. */
export interface SummedErrors {
  readonly fingerprint: string;
  readonly errorType: string | null;
  readonly message: string | null;
  readonly count: number;
  readonly failures: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Starts of minutes or hours in order, and how many events each has. */
  readonly line: readonly (readonly [startMs: number, count: number])[];
  readonly botCount: number;
  readonly bots: readonly (readonly [botId: string, count: number])[];
  /** An empty kind is not known. */
  readonly updateTypes: readonly (readonly [updateType: string, count: number])[];
  readonly samples: readonly {
    readonly eventId: string;
    readonly botId: string;
    readonly timeMs: number;
    readonly updateId: number | null;
    readonly updateType: string;
    readonly message: string | null;
  }[];
}

export function errorGroup(
  errors: SummedErrors,
  stepMs: number,
  mark: ErrorMark | undefined,
  nowMs: number,
): ErrorGroup {
  const state = errorStateOf(mark, errors, nowMs);
  const isMarked = state !== 'new' && state !== 'ongoing';
  return {
    fingerprint: errors.fingerprint,
    error_type: errors.errorType,
    pattern: errorPattern(errors.message),
    error_message: errors.message,
    state,
    count: errors.count,
    share: formatRate(errorRate(errors.count, errors.failures)),
    first_seen: iso(errors.firstMs),
    last_seen: iso(errors.lastMs),
    line: lineOf(errors.line, stepMs),
    bot_count: errors.botCount,
    bots: errors.bots.map(([bot_id, count]) => ({ bot_id, count })),
    update_types: errors.updateTypes.map(([kind, count]) => ({ update_type: kind || null, count })),
    samples: errors.samples.map((sample) => ({
      event_id: sample.eventId,
      bot_id: sample.botId,
      timestamp: iso(sample.timeMs),
      update_id: sample.updateId,
      update_type: sample.updateType || null,
      error_message: sample.message,
    })),
    marked_by: isMarked && mark ? mark.by : null,
    marked_at: isMarked && mark ? mark.at : null,
    ignored_until: state === 'ignored' && mark?.kind === 'ignored' ? mark.until : null,
  };
}

/** Without gaps: a minute that is not told had no event. */
function lineOf(line: SummedErrors['line'], stepMs: number): ErrorGroup['line'] {
  const [[firstMs] = [0]] = line;
  const lastMs = line.at(-1)?.[0] ?? firstMs;
  const counts = new Array<number>(line.length === 0 ? 0 : (lastMs - firstMs) / stepMs + 1).fill(0);
  for (const [startMs, count] of line) counts[(startMs - firstMs) / stepMs] = count;
  return { from: iso(firstMs), step_seconds: stepMs / 1_000, counts };
}
