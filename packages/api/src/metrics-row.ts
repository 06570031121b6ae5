/** A row of the metrics over HTTP: a minute, an hour or a day, of one bot or of all (contract, section 6). */

import { LatencyUnion } from '@hookpulse/common/digest/latency-digest-union';
import { BotId, Nullable } from '@hookpulse/common/events/webhook-event';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso, isoDate } from '@hookpulse/common/values/iso';
import { errorRate, errorsOf, eventsOf, formatRate } from '@hookpulse/common/windows/counters';
import { averageMs, type Window } from '@hookpulse/common/windows/window';
import Type, { type Static } from 'typebox';
import { isoSeconds, roundMs } from './rounding.ts';
import { SPAN_FIELDS } from './span.ts';

export const METRICS_UNITS = ['minute', 'hour', 'day'] as const;
export type MetricsUnit = (typeof METRICS_UNITS)[number];
/** Those that are kept for as long as metrics are. */
export type HistoryUnit = Exclude<MetricsUnit, 'minute'>;

export const UNIT_MS: Readonly<Record<MetricsUnit, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** How far back there are minutes: a day, and the rest of the hour that it begins in. */
export const MINUTES_BACK_MS = DAY_MS + HOUR_MS;

export const MetricsRowSchema = Type.Object({
  bot_id: Type.Union([BotId, Type.Null()], { description: 'null: all bots together' }),
  start: Type.String({ format: 'date-time', description: 'start of the minute, hour or day, UTC' }),
  date: Type.String({ format: 'date', description: 'UTC' }),
  hour: Type.Union([Type.Integer({ minimum: 0, maximum: 23 }), Type.Null()], {
    description: 'UTC; null: the whole day',
  }),
  ...SPAN_FIELDS,
  last_event_at: Nullable(Type.String({ format: 'date-time' })),
});
export type MetricsRow = Static<typeof MetricsRowSchema>;

/** The place of a row in the order of the answer: the newest start first, then by bot. */
export interface MetricsPlace {
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  /** Empty: all bots. */
  readonly botId: string;
}

/** What the rows of a place add up to, but for their latencies. */
export type SummedWindow = Omit<Window, 'latency'>;

/** @param digests - bytes of the digests of all that was summed */
export function metricsRow(
  { startMs, botId }: MetricsPlace,
  unit: MetricsUnit,
  window: SummedWindow,
  digests: Iterable<Uint8Array>,
): MetricsRow {
  const latency = new LatencyUnion();
  for (const bytes of digests) latency.add(bytes);
  const [p50 = null, p95 = null, p99 = null] = latency.percentiles([0.5, 0.95, 0.99]);
  const events = eventsOf(window.counters);
  const errors = errorsOf(window.counters);
  const { lastEventMs } = window;
  return {
    bot_id: botId === '' ? null : botId,
    start: isoSeconds(startMs),
    date: isoDate(startMs),
    hour: unit === 'day' ? null : new Date(startMs).getUTCHours(),
    events,
    errors,
    error_rate: formatRate(errorRate(errors, events)),
    ...window.counters,
    avg_processing_time_ms: roundMs(averageMs(window.processing)),
    p50_processing_time_ms: roundMs(p50),
    p95_processing_time_ms: roundMs(p95),
    p99_processing_time_ms: roundMs(p99),
    avg_response_time_ms: roundMs(averageMs(window.response)),
    last_event_at: lastEventMs === null ? null : iso(lastEventMs),
  };
}

export function cursorOfMetrics({ startMs, botId }: MetricsPlace): string {
  return `${startMs}.${botId}`;
}

/** Null: it is none that was given out. */
export function metricsPlaceOfCursor(cursor: string): MetricsPlace | null {
  const [, start, botId] = /^(\d{1,13})\.([A-Za-z0-9_-]{0,64})$/.exec(cursor) ?? [];
  return start === undefined || botId === undefined ? null : { startMs: Number(start), botId };
}
