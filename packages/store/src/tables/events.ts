/** Raw events, one row an event. */

import { errorFingerprint, isFailure } from '@hookpulse/common/events/error-fingerprint';
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import {
  EVENT_FIELDS,
  NO_DETAILS,
  type WebhookEvent,
} from '@hookpulse/common/events/webhook-event';
import { Count } from '@hookpulse/common/values/count';
import { iso } from '@hookpulse/common/values/iso';
import { namesOf } from '@hookpulse/common/values/records';
import Type from 'typebox';
import { type RowOfShape, rowShape } from '../select-rows.ts';
import { BigText, defineTable, digits, milliseconds, type RowOf, TimeText } from './table.ts';

const COLUMNS = {
  ...EVENT_FIELDS,
  // Where the event stands on the log.
  log_partition: Count,
  log_epoch: Count,
  log_offset: BigText,
};

const READINGS = {
  // Not by the column's own name, which means the column in the conditions of a query.
  id: { sql: 'toString(event_id)', schema: Type.String() },
  time_ms: milliseconds('timestamp'),
  offset: digits('log_offset'),
};

export const EVENTS = defineTable(
  'webhook_events',
  {
    ...COLUMNS,
    log_time: TimeText,
    reported_by: Type.String(),
    error_fingerprint: Type.String(),
  },
  READINGS,
);

/** The same events ordered by time; a view fills it. */
export const EVENTS_BY_TIME = defineTable('webhook_events_by_time', COLUMNS, READINGS);

/** Those that count as errors, ordered by time; a view fills it. */
export const ERRORS = defineTable(
  'webhook_errors',
  { ...COLUMNS, error_fingerprint: Type.String() },
  READINGS,
);

/** Where an event comes from. */
export interface EventOrigin {
  readonly partition: number;
  readonly epoch: number;
}

export function eventRow(
  { event, offset, logTimeMs }: LoggedEvent,
  { partition, epoch }: EventOrigin,
): RowOf<typeof EVENTS> {
  return {
    ...event,
    log_partition: partition,
    log_epoch: epoch,
    log_offset: `${offset}`,
    log_time: iso(logTimeMs),
    reported_by: event.reported_by ?? '',
    error_fingerprint: isFailure(event) ? errorFingerprint(event) : '',
  };
}

/** A whole event as a query selects it, of either table. */
const WHOLE = EVENTS.select(
  'id',
  'bot_id',
  'event_type',
  'status',
  'time_ms',
  ...namesOf(NO_DETAILS),
);
export const WHOLE_EVENT_COLUMNS = WHOLE.sql;
export const wholeEventShape = rowShape('stored events', WHOLE.fields);

export function eventOfRow(row: RowOfShape<typeof wholeEventShape>): WebhookEvent {
  const { id, time_ms, bot_id, event_type, status, ...details } = row;
  return { event_id: id, bot_id, event_type, status, timestamp: iso(time_ms), ...details };
}
