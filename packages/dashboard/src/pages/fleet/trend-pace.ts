/** The hour that is under way, as if it went on as it began: else every line would end in a fall. */

import type { Trend } from '@hookpulse/api/fleet-trend';
import { HOUR_MS } from '@hookpulse/common/values/durations';

/** Before that the hour tells too little, and is left out. */
const TELLING_MS = 600_000;

type Counts = Pick<Trend, 'hours_from' | 'events' | 'errors'>;

/** @param nowMs - when the counts were true, in the last of the hours */
export function atPace(
  { hours_from, events, errors }: Counts,
  nowMs: number,
): Omit<Counts, 'hours_from'> {
  const lastHourMs = Date.parse(hours_from) + (events.length - 1) * HOUR_MS;
  const elapsedMs = nowMs - lastHourMs;
  if (elapsedMs < TELLING_MS) return { events: events.slice(0, -1), errors: errors.slice(0, -1) };
  const pace = Math.max(1, HOUR_MS / elapsedMs);
  return { events: withLastAt(events, pace), errors: withLastAt(errors, pace) };
}

function withLastAt(counts: readonly number[], pace: number): number[] {
  return counts.map((count, nth) => (nth === counts.length - 1 ? Math.round(count * pace) : count));
}
