/** What the forwarder tells of its work on `webhook.events` (contract, section 8). */
import { forwardingEventId } from '@hookpulse/common/events/event-identity';
import {
  type EventTypeName,
  FORWARDER,
  NO_DETAILS,
  type WebhookEvent,
} from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import type { Static } from 'typebox';
import type { ForwardedUpdate } from './read-update.ts';

/** Where an update stands: what makes the ids of its events the same after a kill. */
export interface ReportedUpdate extends ForwardedUpdate {
  readonly partition: number;
}

export interface FailedAttempt {
  /** Such as `Http502` or `Timeout`. */
  readonly errorType: string;
  readonly message: string;
  /** Request sent to failure. */
  readonly durationMs: number;
}

/** One for each update, however often it had to be sent. */
export function processedEvent(
  update: ReportedUpdate,
  durationMs: number,
  nowMs: number,
): WebhookEvent {
  return {
    ...eventOf(update, 'processed', 'processed', nowMs),
    status: 'success',
    processing_time_ms: rounded(durationMs),
  };
}

/** An error for the first attempt, then retries: one failing update is one error. */
export function failedAttemptEvent(
  update: ReportedUpdate,
  attempt: number,
  { errorType, message, durationMs }: FailedAttempt,
  nowMs: number,
): WebhookEvent {
  const isFirst = attempt === 1;
  return {
    ...eventOf(update, isFirst ? 'error' : 'retry', `attempt ${attempt}`, nowMs),
    status: isFirst ? 'failed' : 'pending',
    processing_time_ms: isFirst ? rounded(durationMs) : null,
    error_type: errorType,
    error_message: message,
  };
}

export function expiredEvent(
  update: ReportedUpdate,
  attempts: number,
  lastFailure: string | null,
  nowMs: number,
): WebhookEvent {
  return {
    ...eventOf(update, 'error', 'expired', nowMs),
    status: 'failed',
    error_type: 'Expired',
    error_message: `given up after ${attempts} attempts${lastFailure === null ? '' : `; last: ${lastFailure}`}`,
  };
}

/** What became of an answer that names a method of the Bot API. */
export function responseSentEvent(
  update: ReportedUpdate,
  failure: Pick<FailedAttempt, 'errorType' | 'message'> | null,
  durationMs: number | null,
  nowMs: number,
): WebhookEvent {
  return {
    ...eventOf(update, 'response_sent', 'response', nowMs),
    status: failure === null ? 'success' : 'failed',
    response_time_ms: durationMs === null ? null : rounded(durationMs),
    error_type: failure?.errorType ?? null,
    error_message: failure?.message ?? null,
  };
}

function eventOf(
  { botId, partition, offset, updateId, updateType }: ReportedUpdate,
  type: Static<typeof EventTypeName>,
  what: string,
  nowMs: number,
): WebhookEvent {
  return {
    event_id: forwardingEventId(botId, `${partition}/${offset}/${what}`),
    bot_id: botId,
    event_type: type,
    status: 'success',
    timestamp: iso(nowMs),
    ...NO_DETAILS,
    update_id: updateId,
    update_type: updateType,
    reported_by: FORWARDER,
  };
}

/** Microseconds are enough. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
