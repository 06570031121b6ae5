/**
 * The event, as Hookpulse takes and shows it. A test in Hookpulse compares these types with its own
 * schemas, so that they never differ.
 */

export type EventType = 'received' | 'processed' | 'error' | 'response_sent' | 'retry';

export type EventStatus = 'success' | 'failed' | 'pending';

/** What an event tells beside its type. What is absent or null is not known. */
export interface EventDetails {
  /** A UUID. Reports with the same one count once. Default: a new one. */
  readonly event_id?: string;
  /** 1 to 64 of `A-Z a-z 0-9 _ -`. Default: the bot of the reporter. */
  readonly bot_id?: string;
  /** Default by type: `error` failed, `retry` pending, else success. */
  readonly status?: EventStatus | null;
  /** ISO 8601 with a zone. Default: the time of the call. */
  readonly timestamp?: string | null;
  readonly update_id?: number | null;
  /** `message`, `callback_query`, …: the update's field beside `update_id`. */
  readonly update_type?: string | null;
  /** Milliseconds, 0 or more. */
  readonly processing_time_ms?: number | null;
  /** Milliseconds, 0 or more. */
  readonly response_time_ms?: number | null;
  /** Hookpulse keeps 100 characters. */
  readonly error_type?: string | null;
  /** Hookpulse keeps 2,000 characters. */
  readonly error_message?: string | null;
  /** IPv4 or IPv6, also with a port. The reporter sends null for any other text. */
  readonly ip_address?: string | null;
  readonly telegram_signature_valid?: boolean | null;
}

/** One event in the body of `POST /api/events`. */
export interface ReportedEvent extends EventDetails {
  readonly event_type: EventType;
}

/** One event on the topic `webhook.events` and in answers: every field is there. */
export interface WebhookEvent {
  readonly event_id: string;
  readonly bot_id: string;
  readonly event_type: EventType;
  readonly status: EventStatus;
  /** `2026-02-10T20:00:00.000Z`. */
  readonly timestamp: string;
  readonly update_id: number | null;
  readonly update_type: string | null;
  readonly processing_time_ms: number | null;
  readonly response_time_ms: number | null;
  readonly error_type: string | null;
  readonly error_message: string | null;
  readonly ip_address: string | null;
  readonly telegram_signature_valid: boolean | null;
}

/** `error_type` of a delivery whose secret was missing or wrong. */
export const INVALID_SIGNATURE = 'InvalidSignature';
