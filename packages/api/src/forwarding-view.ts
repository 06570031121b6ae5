/** How forwarding to a bot goes (contract, section 8). */
import { Nullable } from '@hookpulse/common/events/webhook-event';
import Type, { type Static } from 'typebox';

export const ForwardingViewSchema = Type.Object({
  bot_id: Type.String(),
  state: Type.Enum(['delivering', 'failing', 'paused'], {
    description: 'failing: no update was taken for 10 s; the bot is tried again by one connection',
  }),
  backlog: Type.Integer({
    minimum: 0,
    description: 'updates that wait or are under way, as far as the forwarder has read',
  }),
  oldest_age_seconds: Nullable(
    Type.Number({ minimum: 0, description: 'of the oldest of them; null: there is none' }),
  ),
  in_flight: Type.Integer({ minimum: 0, description: 'requests that are not answered' }),
  next_attempt_at: Nullable(
    Type.String({ format: 'date-time', description: 'null: nothing waits for another attempt' }),
  ),
  last_failure: Nullable(
    Type.Object({ at: Type.String({ format: 'date-time' }), error: Type.String() }),
  ),
});
export type ForwardingView = Static<typeof ForwardingViewSchema>;

const HistoryPointSchema = Type.Object({
  at: Type.String({ format: 'date-time' }),
  backlog: Nullable(Type.Integer({ minimum: 0, description: 'null: not known' })),
  oldest_age_seconds: Nullable(
    Type.Number({ minimum: 0, description: '0: nothing waited; null: not known' }),
  ),
});

export const ForwardingHistorySchema = Type.Object({
  bot_id: Type.String(),
  points: Type.Array(HistoryPointSchema, {
    description: 'one a minute, the oldest first; the last one is now',
  }),
});
export type ForwardingHistory = Static<typeof ForwardingHistorySchema>;

/** What the forwarder last said; times are ISO 8601. */
export interface ForwardingFacts {
  readonly state: ForwardingView['state'];
  readonly backlog: number;
  readonly oldest_at: string | null;
  readonly in_flight: number;
  readonly next_attempt_at: string | null;
  readonly last_failure: ForwardingView['last_failure'];
}

/**
 * @param isPaused - as the bot is set; the forwarder may not have followed yet
 * @param facts - undefined: it has said nothing, as nothing was to be forwarded
 */
export function forwardingView(
  botId: string,
  isPaused: boolean,
  facts: ForwardingFacts | undefined,
  nowMs: number,
): ForwardingView {
  const { oldest_at: oldestAt = null, ...shown } = facts ?? {
    state: 'delivering' as const,
    backlog: 0,
    in_flight: 0,
    next_attempt_at: null,
    last_failure: null,
  };
  const state = shown.state === 'paused' ? 'delivering' : shown.state;
  const ageMs = oldestAt === null ? null : nowMs - Date.parse(oldestAt);
  return {
    ...shown,
    bot_id: botId,
    state: isPaused ? 'paused' : state,
    oldest_age_seconds: ageMs === null ? null : Math.max(0, Math.round(ageMs / 100) / 10),
  };
}
