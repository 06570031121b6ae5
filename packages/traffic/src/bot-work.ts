/** What a bot does with an update, as it reports it (contract, sections 3 and 4). */
import type { Random } from './random.ts';

/** An event as bots report it; ingest fills in the rest. */
export interface ReportedEvent {
  readonly event_id?: string;
  readonly bot_id: string;
  readonly event_type: 'received' | 'processed' | 'error' | 'response_sent' | 'retry';
  /** ISO 8601; default: now. */
  readonly timestamp?: string;
  readonly update_id?: number;
  readonly update_type?: string;
  readonly processing_time_ms?: number;
  readonly response_time_ms?: number;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly status?: 'failed';
  readonly ip_address?: string;
  readonly telegram_signature_valid?: boolean;
}

export interface BotErrorKind {
  readonly error_type: string;
  readonly error_message: string;
  readonly weight: number;
}

/** How a bot works. */
export interface BotWork {
  /** Share of updates, 0 to 1, that end in an error. */
  readonly errorShare: number;
  /** Share, 0 to 1, that takes seconds instead of milliseconds. */
  readonly slowShare: number;
  /** Of the others, milliseconds. */
  readonly medianMs: number;
  readonly errors: readonly BotErrorKind[];
}

/** What goes wrong in bots, as their libraries name it. */
export const BOT_ERRORS: readonly BotErrorKind[] = [
  {
    error_type: 'Timeout',
    error_message: 'the order service did not answer within 10 s',
    weight: 5,
  },
  {
    error_type: 'TelegramRetryAfter',
    error_message: 'Too Many Requests: retry after 14',
    weight: 4,
  },
  {
    error_type: 'TelegramForbiddenError',
    error_message: 'Forbidden: bot was blocked by the user',
    weight: 4,
  },
  {
    error_type: 'TelegramBadRequest',
    error_message: 'Bad Request: message is not modified',
    weight: 3,
  },
  {
    error_type: 'ValueError',
    error_message: "invalid literal for int() with base 10: 'ten'",
    weight: 3,
  },
  {
    error_type: 'DatabaseError',
    error_message: 'could not serialize access due to concurrent update',
    weight: 2,
  },
];

/** p95 of ordinary work is 2.7 times its median. */
const SPREAD = 0.6;
const SLOW_MEDIAN_MS = 3_000;
/** Longer than that a bot gives up by itself; the time-out of Hookpulse comes later. */
const MAX_MS = 20_000;
const RETRIED_SHARE = 0.3;
const ANSWERED_SHARE = 0.5;
const RESPONSE_MEDIAN_MS = 70;

export interface HandledUpdate {
  readonly bot_id: string;
  readonly update_id: number;
  readonly update_type: string;
}

/**
 * The events of one update: it was processed or failed, and what went with that. Times are to a
 * hundredth of a millisecond.
 */
export function workEvents(
  random: Random,
  { errorShare, slowShare, medianMs, errors }: BotWork,
  update: HandledUpdate,
): ReportedEvent[] {
  const median = random.chance(slowShare) ? SLOW_MEDIAN_MS : medianMs;
  const processing_time_ms = round(Math.min(MAX_MS, random.logNormal(median, SPREAD)));
  if (random.chance(errorShare)) {
    const { error_type, error_message } = random.weighted(errors);
    const error = { error_type, error_message, processing_time_ms };
    const failed: ReportedEvent = { ...update, event_type: 'error', ...error };
    if (!random.chance(RETRIED_SHARE)) return [failed];
    return [{ ...update, event_type: 'retry', error_type, error_message }, failed];
  }
  const processed: ReportedEvent = { ...update, event_type: 'processed', processing_time_ms };
  if (!random.chance(ANSWERED_SHARE)) return [processed];
  const response_time_ms = round(random.logNormal(RESPONSE_MEDIAN_MS, SPREAD));
  return [processed, { ...update, event_type: 'response_sent', response_time_ms }];
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
