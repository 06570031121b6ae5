/**
 * How far the time of a record on the log is believed. Where a topic keeps the time that its senders
 * give (`CreateTime`), one record may be dated in the year 2100, or 1970.
 */
import { MINUTE_MS } from '../values/durations.ts';

/**
 * Machines differ by less, and ingest refuses events that are dated further ahead: of what is, the
 * clock is wrong.
 */
export const MAX_CLOCK_SKEW_MS = 5 * MINUTE_MS;

/**
 * The moment that the log had come to with a record. Log time never goes back, so after a clock was
 * far ahead it stands still until the time has come; meanwhile now is right.
 */
export function momentOfLog(recordTimeMs: number, nowMs: number): number {
  return recordTimeMs > nowMs + MAX_CLOCK_SKEW_MS ? nowMs : recordTimeMs;
}

/**
 * The same for the record of an event, which cannot have been logged long before it happened.
 * @param eventTimeMs - the event's own time
 */
export function eventLogTime(recordTimeMs: number, eventTimeMs: number, nowMs: number): number {
  const notBeforeMs = Math.min(eventTimeMs, nowMs) - MAX_CLOCK_SKEW_MS;
  return Math.max(momentOfLog(recordTimeMs, nowMs), notBeforeMs);
}
