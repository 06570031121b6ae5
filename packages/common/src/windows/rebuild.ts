/**
 * Counting hours anew from raw events: what is asked for, what the owner of each partition answers,
 * and what it adds up to. The first two stand on `webhook.rebuilds`.
 */

import Type, { type Static } from 'typebox';
import { BotId } from '../events/webhook-event.ts';
import { Count } from '../values/count.ts';

const Time = Type.String({ format: 'date-time' });
const Id = Type.String({ minLength: 1, maxLength: 64 });

/** What the operator wants, with whole hours. */
export const RebuildRequestSchema = Type.Object({
  rebuild_id: Id,
  requested_at: Time,
  /** Nobody begins later; what was begun is brought to its end. */
  expires_at: Time,
  /** Start of the first hour. */
  from: Time,
  /** End of the last hour. */
  to: Time,
  bot_id: Type.Union([BotId, Type.Null()]),
  /** Says what would change, and changes nothing. */
  dry_run: Type.Boolean(),
  /** The bot's history was erased: that updates of it were never processed is told no more. */
  forgets_updates: Type.Optional(Type.Boolean()),
  /** Partitions 0 to n-1 are to answer. */
  partitions: Count,
  /** Raw events older than this are deleted. */
  retention_days: Count,
});
export type RebuildRequest = Readonly<Static<typeof RebuildRequestSchema>>;

/** `added`: the row was missing. `deleted`: it has no raw events. */
export const REBUILT_KINDS = ['changed', 'added', 'deleted'] as const;

const RebuiltValueSchema = Type.Object({
  name: Type.String({ description: 'column of webhook_metrics' }),
  before: Type.Union([Type.Number(), Type.Null()]),
  after: Type.Union([Type.Number(), Type.Null()]),
});
export type RebuiltValue = Readonly<Static<typeof RebuiltValueSchema>>;

const RebuiltHourSchema = Type.Object({
  bot_id: Type.String(),
  hour: Type.String({ format: 'date-time', description: 'start of the hour, UTC' }),
  partition: Count,
  epoch: Count,
  kind: Type.Enum(REBUILT_KINDS),
  values: Type.Array(RebuiltValueSchema, { description: 'those that differ; times in ms' }),
});
export type RebuiltHour = Readonly<Static<typeof RebuiltHourSchema>>;
type HourPlace = Pick<RebuiltHour, 'bot_id' | 'hour' | 'partition' | 'epoch'>;

/** What the owner of a partition says of a request: once in a while, and when it is done. */
export const RebuildAnswerSchema = Type.Object({
  rebuild_id: Id,
  partition: Count,
  state: Type.Enum(['running', 'done', 'failed'] as const),
  answered_at: Time,
  /** 0 to 1. */
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  /** Raw events counted anew. */
  raw_events: Count,
  /** Hourly rows compared. */
  hours: Count,
  /** Hourly rows that differed. */
  hours_changed: Count,
  /** Ten-second windows of the last 26 hours that differed. */
  slices_changed: Count,
  changes: Type.Array(RebuiltHourSchema),
  /** Why it failed; one sentence. */
  problem: Type.Union([Type.String(), Type.Null()]),
});
export type RebuildAnswer = Readonly<Static<typeof RebuildAnswerSchema>>;

/** A request with everything that was answered so far. */
export const RebuildStatusSchema = Type.Object({
  ...RebuildRequestSchema.properties,
  status: Type.Enum(['running', 'done', 'failed', 'expired'] as const),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  last_answer_at: Type.Union([Time, Type.Null()]),
  partitions_done: Count,
  unanswered_partitions: Type.Array(Count, {
    description: 'partitions that have not answered yet',
  }),
  problems: Type.Array(Type.Object({ partition: Count, problem: Type.String() })),
  raw_events: Count,
  hours: Count,
  hours_changed: Count,
  slices_changed: Count,
  changes: Type.Array(RebuiltHourSchema, { description: 'limited; hours_changed is exact' }),
});
export type RebuildStatus = Readonly<Static<typeof RebuildStatusSchema>>;

/** What the operator hears at once. */
export const RebuildAcceptedSchema = Type.Object({
  rebuild_id: Id,
  from: Time,
  to: Time,
  expires_at: Time,
});

/** Adds up what was answered. */
export function rebuildStatus(
  request: RebuildRequest,
  answers: readonly RebuildAnswer[],
  nowMs: number,
): RebuildStatus {
  const own = answers.filter(({ partition }) => partition < request.partitions);
  const ended = own.filter(({ state }) => state !== 'running');
  const sum = (valueOfAnswer: (answer: RebuildAnswer) => number) =>
    own.reduce((total, answer) => total + valueOfAnswer(answer), 0);
  const answered = new Set(own.map(({ partition }) => partition));
  return {
    ...request,
    status: statusOf(request, own, nowMs),
    progress: request.partitions === 0 ? 1 : sum(({ progress }) => progress) / request.partitions,
    last_answer_at:
      own
        .map((answer) => answer.answered_at)
        .sort()
        .at(-1) ?? null,
    partitions_done: ended.length,
    unanswered_partitions: Array.from({ length: request.partitions }, (_, n) => n).filter(
      (partition) => !answered.has(partition),
    ),
    problems: own.flatMap(({ partition, problem }) =>
      problem === null ? [] : [{ partition, problem }],
    ),
    raw_events: sum((answer) => answer.raw_events),
    hours: sum((answer) => answer.hours),
    hours_changed: sum((answer) => answer.hours_changed),
    slices_changed: sum((answer) => answer.slices_changed),
    changes: own.flatMap(({ changes }) => changes).sort(byPlace),
  };
}

function statusOf(
  { partitions, expires_at }: RebuildRequest,
  answers: readonly RebuildAnswer[],
  nowMs: number,
): RebuildStatus['status'] {
  const ended = answers.filter(({ state }) => state !== 'running');
  if (ended.length === partitions) {
    return answers.some(({ state }) => state === 'failed') ? 'failed' : 'done';
  }
  return answers.length === 0 && nowMs > Date.parse(expires_at) ? 'expired' : 'running';
}

/** Orders hours of bots by time, then bot. */
export function byPlace(a: HourPlace, b: HourPlace): number {
  if (a.hour !== b.hour) return a.hour < b.hour ? -1 : 1;
  if (a.bot_id !== b.bot_id) return a.bot_id < b.bot_id ? -1 : 1;
  return a.partition - b.partition || a.epoch - b.epoch;
}
