/** "The last 15 minutes": the slices that start at most 15 minutes ago, the oldest one whole. */
import { SLICE_MS, windowStart } from '@hookpulse/common/windows/window';

const SPAN_MS = 900_000;

/** Start of the first slice; both in milliseconds since the epoch. */
export function last15MinutesStart(nowMs: number): number {
  return windowStart(nowMs - SPAN_MS, SLICE_MS);
}
