/** The record on `telegram.updates.dead` for an update that was given up. */
import { iso } from '@hookpulse/common/values/iso';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { deadUpdateHeaders } from '@hookpulse/event-log/record-headers';
import { DEAD_UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { ForwardedUpdate } from '../domain/read-update.ts';

export interface DeadUpdate {
  readonly update: ForwardedUpdate;
  readonly partition: number;
  readonly reason: 'Expired';
  readonly attempts: number;
  /** What the last attempt came to; null: there was none. */
  readonly lastFailure: string | null;
  readonly nowMs: number;
}

/** The update itself is copied, as it may be nested too deep for `JSON.stringify`. */
export function deadUpdateMessage(dead: DeadUpdate): OutgoingMessage {
  const { update, partition, reason, attempts, lastFailure, nowMs } = dead;
  const told = JSON.stringify({
    bot_id: update.botId,
    reason,
    attempts,
    last_answer: lastFailure,
    received_at: iso(update.logTimeMs),
    given_up_at: iso(nowMs),
    partition,
    offset: String(update.offset),
    update_id: update.updateId,
  });
  return {
    topic: DEAD_UPDATES_TOPIC,
    key: update.botId,
    value: `${told.slice(0, -1)},"update":${update.body}}`,
    headers: deadUpdateHeaders(`${partition}/${update.offset}`, update.botId, iso(nowMs)),
  };
}
