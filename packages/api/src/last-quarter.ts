/** "The last 15 minutes": the slices that start at most 15 minutes ago, the oldest one whole. */
import { SLICE_MS, windowStart } from '@hookpulse/common/windows/window';

const QUARTER_HOUR_MS = 900_000;

/** Start of the first slice; both in milliseconds since the epoch. */
export function lastQuarterStart(nowMs: number): number {
  return windowStart(nowMs - QUARTER_HOUR_MS, SLICE_MS);
}
