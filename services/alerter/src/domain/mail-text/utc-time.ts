/** Moments as mails tell them: `2026-02-10 20:00:00`, in UTC. */
import { iso } from '@hookpulse/common/values/iso';

/** @param timestamp - ISO 8601; what is none is shown as it is */
export function utcTime(timestamp: string): string {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? timestamp : iso(ms).slice(0, 19).replace('T', ' ');
}

/** From one moment to another, milliseconds; never negative. */
export function elapsedMs(from: string, to: string): number {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0);
}
