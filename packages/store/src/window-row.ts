/**
 * How a window is stored in ClickHouse: the columns that `webhook_metrics` and `webhook_slices`
 * share.
 */

import { LatencyDigest } from '@hookpulse/common/digest/latency-digest';
import { iso } from '@hookpulse/common/values/iso';
import { COUNTER_NAMES, type Counters, emptyCounters } from '@hookpulse/common/windows/counters';
import type { Window, WindowSnapshot } from '@hookpulse/common/windows/window';

export interface WindowRow extends Readonly<Counters> {
  readonly processing_time_sum_ms: number;
  readonly processing_time_count: number;
  readonly response_time_sum_ms: number;
  readonly response_time_count: number;
  /** ISO 8601 when written; ClickHouse's own form when read, so read it as `last_event_ms`. */
  readonly last_event_at: string;
  /** Base64 of the digest's bytes: JSON is text, and a base64 string parses far faster than an array. */
  readonly latency_digest: string;
}

/** A stored window as queries select it, with the time of its last event in milliseconds. */
export type StoredWindowRow = Omit<WindowRow, 'last_event_at'> & { readonly last_event_ms: number };

/** What a query selects to get a `StoredWindowRow`. */
export const STORED_WINDOW_COLUMNS = [
  ...COUNTER_NAMES,
  'processing_time_sum_ms',
  'processing_time_count',
  'response_time_sum_ms',
  'response_time_count',
  'toUnixTimestamp64Milli(last_event_at) AS last_event_ms',
  'latency_digest',
].join(', ');

/** @param window - not empty: a row stands for at least one event */
export function windowToRow(window: WindowSnapshot): WindowRow {
  return {
    ...window.counters,
    processing_time_sum_ms: window.processing.sumMs,
    processing_time_count: window.processing.count,
    response_time_sum_ms: window.response.sumMs,
    response_time_count: window.response.count,
    last_event_at: iso(window.lastEventMs ?? 0),
    latency_digest: toBase64(window.digest),
  };
}

/** @throws RangeError when the digest cannot be read. */
export function windowFromRow(row: StoredWindowRow): Window {
  const counters = emptyCounters();
  for (const name of COUNTER_NAMES) counters[name] = row[name];
  return {
    counters,
    processing: { sumMs: row.processing_time_sum_ms, count: row.processing_time_count },
    response: { sumMs: row.response_time_sum_ms, count: row.response_time_count },
    latency: LatencyDigest.fromBytes(Buffer.from(row.latency_digest, 'base64')),
    lastEventMs: row.last_event_ms,
  };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
