/** Numbers and times as answers show them: no more digits than anybody can use. */
import { iso } from '@hookpulse/common/values/iso';

/** A microsecond: far below what a clock of a bot measures. */
const DECIMALS = 3;

/** Milliseconds with at most three decimals; null stays null. */
export function roundMs(valueMs: number | null): number | null {
  return valueMs === null ? null : Number(valueMs.toFixed(DECIMALS));
}

/** ISO 8601 in UTC, whole seconds: `2026-02-10T20:00:00Z`. @param timeMs - ms since the epoch */
export function isoSeconds(timeMs: number): string {
  return `${iso(timeMs).slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
}
