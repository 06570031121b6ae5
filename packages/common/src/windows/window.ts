/**
 * A window: everything that one bot's events of one span of event time add up to.
 *
 * Hours are what history keeps; slices are the small windows that "the last 15 minutes" is summed
 * from. Both are half-open and aligned to the epoch in UTC: [start, start + size).
 */

import { LatencyDigest } from '../digest/latency-digest.ts';
import type { WebhookEvent } from '../events/webhook-event.ts';
import { DAY_MS, HOUR_MS } from '../values/durations.ts';
import { addCounters, type Counters, countEvent, emptyCounters } from './counters.ts';

/** Ten seconds: the sharpness of the edges of a sliding answer, at 90 rows a bot for 15 minutes. */
export const SLICE_MS = 10_000;

/**
 * How old an event may be to count in its slice, however late it comes: so far back slices are whole.
 * An hour more than answers look back, so that a minute does not lose events while it is asked for.
 */
export const SLICES_KEPT_MS = DAY_MS + 2 * HOUR_MS;

/**
 * Longer durations count as this in sums, about 30,000 years: so that no number of absurd reports adds
 * up to infinity, for which there is no JSON and no average.
 */
export const MAX_SUMMED_MS = 1e15;

/** Sum and number of durations, for an average that can be merged. */
export interface DurationTotal {
  sumMs: number;
  count: number;
}

export interface Window {
  readonly counters: Counters;
  /** Over `processed` and `error` events that carry it. */
  readonly processing: DurationTotal;
  /** Over all events that carry it. */
  readonly response: DurationTotal;
  readonly latency: LatencyDigest;
  /** Latest event time, milliseconds since the epoch; null while empty. */
  lastEventMs: number | null;
}

/** A window as it was at one moment: it does not change while the window goes on. */
export interface WindowSnapshot {
  readonly counters: Readonly<Counters>;
  readonly processing: Readonly<DurationTotal>;
  readonly response: Readonly<DurationTotal>;
  /** Bytes of the latency digest. */
  readonly digest: Uint8Array;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly lastEventMs: number | null;
}

/** Start of the window of the given size that holds a moment; both in milliseconds. */
export function windowStart(timestampMs: number, sizeMs: number): number {
  return Math.floor(timestampMs / sizeMs) * sizeMs;
}

export function emptyWindow(): Window {
  return {
    counters: emptyCounters(),
    processing: { sumMs: 0, count: 0 },
    response: { sumMs: 0, count: 0 },
    latency: new LatencyDigest(),
    lastEventMs: null,
  };
}

/** What of an event a window is made of, beside its bot and time. */
export type CountedEvent = Pick<
  WebhookEvent,
  'event_type' | 'status' | 'error_type' | 'processing_time_ms' | 'response_time_ms'
>;

/** Adds one event, in place. @param timestampMs - the event's own time */
export function addEvent(window: Window, event: CountedEvent, timestampMs: number): void {
  countEvent(window.counters, event);
  const processingMs = event.processing_time_ms;
  if (processingMs !== null && measuresProcessing(event)) {
    addDuration(window.processing, processingMs);
    window.latency.add(processingMs);
  }
  if (event.response_time_ms !== null) {
    addDuration(window.response, event.response_time_ms);
  }
  window.lastEventMs = latest(window.lastEventMs, timestampMs);
}

/** Adds another window, in place. */
export function addWindow(window: Window, other: Window): void {
  addCounters(window.counters, other.counters);
  window.processing.sumMs += other.processing.sumMs;
  window.processing.count += other.processing.count;
  window.response.sumMs += other.response.sumMs;
  window.response.count += other.response.count;
  window.latency.merge(other.latency);
  if (other.lastEventMs !== null)
    window.lastEventMs = latest(window.lastEventMs, other.lastEventMs);
}

export function snapshotWindow(window: Window): WindowSnapshot {
  const { latency } = window;
  return {
    counters: { ...window.counters },
    processing: { ...window.processing },
    response: { ...window.response },
    digest: latency.toBytes(),
    p50Ms: latency.percentile(0.5),
    p95Ms: latency.percentile(0.95),
    p99Ms: latency.percentile(0.99),
    lastEventMs: window.lastEventMs,
  };
}

/** Milliseconds; null, never 0, when nothing was measured. */
export function averageMs(total: Readonly<DurationTotal>): number | null {
  return total.count === 0 ? null : total.sumMs / total.count;
}

/** What a snapshot says of latencies, by the names that tables and answers have for it. */
export function latenciesOf({ processing, response, p50Ms, p95Ms, p99Ms }: WindowSnapshot) {
  return {
    avg_processing_time_ms: averageMs(processing),
    p50_processing_time_ms: p50Ms,
    p95_processing_time_ms: p95Ms,
    p99_processing_time_ms: p99Ms,
    avg_response_time_ms: averageMs(response),
  };
}

function addDuration(total: DurationTotal, durationMs: number): void {
  total.sumMs += Math.min(durationMs, MAX_SUMMED_MS);
  total.count += 1;
}

function measuresProcessing(event: CountedEvent): boolean {
  return event.event_type === 'processed' || event.event_type === 'error';
}

function latest(a: number | null, b: number): number {
  return a === null || b > a ? b : a;
}
