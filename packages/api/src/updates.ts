/** An update itself, and delivering updates again (contract, section 8). */
import { BotId, Nullable, UpdateId } from '@hookpulse/common/events/webhook-event';
import { MOMENT_FORM } from '@hookpulse/common/values/moment';
import Type, { type Static } from 'typebox';

export const UpdateViewSchema = Type.Object({
  bot_id: Type.String(),
  update_id: Type.Integer(),
  update_type: Nullable(Type.String()),
  received_at: Nullable(
    Type.String({ format: 'date-time', description: 'null: another program put it on the log' }),
  ),
  partition: Type.Integer({ description: 'of telegram.updates' }),
  offset: Type.String(),
  update: Type.Record(Type.String(), Type.Unknown(), {
    description: 'the Update as Telegram sent it',
  }),
});
export type UpdateView = Static<typeof UpdateViewSchema>;

export const REPLAYED_KINDS = ['all', 'failed', 'dead'] as const;
export type ReplayedKind = (typeof REPLAYED_KINDS)[number];

/** Few enough for one query and one message. */
const MAX_UPDATE_IDS = 1_000;

export const ReplayRequestSchema = Type.Object(
  {
    bot_id: BotId,
    from: Type.Optional(
      Type.String({
        format: 'date-time',
        description: `${MOMENT_FORM}; updates received from then on; default: all that the log has`,
      }),
    ),
    to: Type.Optional(
      Type.String({
        format: 'date-time',
        description: `${MOMENT_FORM}; updates received before then; default: now`,
      }),
    ),
    update_ids: Type.Optional(
      Type.Array(UpdateId, {
        minItems: 1,
        maxItems: MAX_UPDATE_IDS,
        description: `1 to ${MAX_UPDATE_IDS} update ids`,
      }),
    ),
    only: Type.Optional(
      Type.Enum(REPLAYED_KINDS, {
        description:
          'all (default), failed or dead; failed: whose last outcome is an error; dead: which were given up',
      }),
    ),
    dry_run: Type.Optional(
      Type.Boolean({ description: 'true or false; true: only count them, deliver nothing' }),
    ),
    cursor: Type.Optional(
      Type.String({ description: 'the next_cursor of the previous answer to the same request' }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ bot_id: 'orders-bot', from: '2026-02-10T19:00:00Z', only: 'failed' }],
  },
);
export type ReplayRequest = Static<typeof ReplayRequestSchema>;

const ReplayedUpdateSchema = Type.Object({
  update_id: Nullable(Type.Integer()),
  received_at: Type.String({ format: 'date-time', description: 'when the log took it' }),
});

export const ReplaySchema = Type.Object({
  replay_id: Type.String({
    description: 'a UUID; the bot finds it in X-Hookpulse-Replay',
  }),
  bot_id: Type.String(),
  dry_run: Type.Boolean(),
  updates: Type.Integer({
    minimum: 0,
    description: 'that are delivered again, or would be; of this request alone',
  }),
  first: Nullable(ReplayedUpdateSchema),
  last: Nullable(ReplayedUpdateSchema),
  next_cursor: Nullable(
    Type.String({
      description: 'null: done; else send the same request with this cursor for the rest',
    }),
  ),
});
export type Replay = Static<typeof ReplaySchema>;
