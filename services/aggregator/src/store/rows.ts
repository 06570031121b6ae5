/** Rows as the aggregator inserts them: one object a row, keys are column names. */

import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { iso } from '@hookpulse/common/values/iso';
import { averageMs } from '@hookpulse/common/windows/window';
import { windowToRow } from '@hookpulse/store/window-row';
import type { ChangedWindow } from '../domain/open-windows.ts';
import type { FoldPosition } from '../domain/partition-fold.ts';
import { lastMessageText } from './last-message-text.ts';

export function eventRow({ event, offset, logTimeMs }: LoggedEvent, position: FoldPosition) {
  return {
    event_id: event.event_id,
    bot_id: event.bot_id,
    event_type: event.event_type,
    status: event.status,
    timestamp: event.timestamp,
    update_id: event.update_id,
    update_type: event.update_type,
    processing_time_ms: event.processing_time_ms,
    response_time_ms: event.response_time_ms,
    error_type: event.error_type,
    error_message: event.error_message,
    ip_address: event.ip_address,
    telegram_signature_valid: event.telegram_signature_valid,
    log_partition: position.partition,
    log_epoch: position.epoch,
    log_offset: `${offset}`,
    log_time: iso(logTimeMs),
  };
}

export function hourRow({ botId, startMs, window }: ChangedWindow, position: FoldPosition) {
  const start = iso(startMs);
  return {
    bot_id: botId,
    date: start.slice(0, 10),
    hour: Number(start.slice(11, 13)),
    ...versionColumns(position),
    ...windowToRow(window),
    avg_processing_time_ms: averageMs(window.processing),
    p50_processing_time_ms: window.p50Ms,
    p95_processing_time_ms: window.p95Ms,
    p99_processing_time_ms: window.p99Ms,
    avg_response_time_ms: averageMs(window.response),
  };
}

export function sliceRow({ botId, startMs, window }: ChangedWindow, position: FoldPosition) {
  return {
    start: startMs / 1_000,
    bot_id: botId,
    ...versionColumns(position),
    ...windowToRow(window),
  };
}

export function positionRow(position: FoldPosition) {
  return {
    ...versionColumns(position),
    last_log_time: iso(position.last?.logTimeMs ?? 0),
    last_fingerprint: lastMessageText(position),
  };
}

function versionColumns(position: FoldPosition) {
  return {
    log_partition: position.partition,
    log_epoch: position.epoch,
    next_offset: `${position.nextOffset}`,
  };
}
