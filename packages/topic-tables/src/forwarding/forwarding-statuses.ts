/** What the forwarder does for each bot now, on the compacted topic `telegram.forwarding-status`. */
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { FORWARDING_STATUS_TOPIC } from '@hookpulse/event-log/topics';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type TopicTable, type TopicTableDeps, topicTable } from '../topic-table.ts';
import { wholeRows } from '../whole-rows.ts';

/** Times are ISO 8601. */
export const ForwardingStatusSchema = Type.Object({
  state: Type.Enum(['delivering', 'failing', 'paused']),
  /** Updates that wait or are under way, as far as the forwarder has read. */
  backlog: Type.Integer({ minimum: 0 }),
  /** When the log took the oldest of them; null: there is none. */
  oldest_at: Nullable(Type.String()),
  in_flight: Type.Integer({ minimum: 0 }),
  next_attempt_at: Nullable(Type.String()),
  last_failure: Nullable(Type.Object({ at: Type.String(), error: Type.String() })),
});
export type ForwardingStatus = Static<typeof ForwardingStatusSchema>;

export type ForwardingStatuses = Pick<
  TopicTable<ForwardingStatus>,
  'opened' | 'get' | 'write' | 'onChange' | 'close'
>;

export const STATUSES = wholeRows({
  topic: FORWARDING_STATUS_TOPIC,
  what: 'forwarding statuses',
  validator: Compile(ForwardingStatusSchema),
});

/** Rows by `bot_id`. Tries again until the log answers. */
export function followForwardingStatuses(deps: TopicTableDeps): ForwardingStatuses {
  return topicTable(STATUSES, deps);
}
