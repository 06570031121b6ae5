/** A raw event as queries select it, and as answers show it. */

import {
  EventStatusName,
  EventTypeName,
  Nullable,
  UpdateId,
  type WebhookEvent,
} from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TimeMs } from './row-types.ts';

export const STORED_EVENT_COLUMNS = `
    toString(event_id) AS id, bot_id, event_type, status, toUnixTimestamp64Milli(timestamp) AS time_ms,
    update_id, update_type, processing_time_ms, response_time_ms, error_type, error_message,
    ip_address, telegram_signature_valid`;

const StoredEventRow = Type.Object({
  id: Type.String(),
  bot_id: Type.String(),
  event_type: EventTypeName,
  status: EventStatusName,
  time_ms: TimeMs,
  update_id: Nullable(UpdateId),
  update_type: Nullable(Type.String()),
  processing_time_ms: Nullable(Type.Number()),
  response_time_ms: Nullable(Type.Number()),
  error_type: Nullable(Type.String()),
  error_message: Nullable(Type.String()),
  ip_address: Nullable(Type.String()),
  telegram_signature_valid: Nullable(Type.Boolean()),
});

export const storedEventRow = Compile(StoredEventRow);

export function eventOfRow(row: Static<typeof StoredEventRow>): WebhookEvent {
  const { id, time_ms, bot_id, event_type, status, ...rest } = row;
  const timestamp = iso(time_ms);
  return { event_id: id, bot_id, event_type, status, timestamp, ...rest };
}
