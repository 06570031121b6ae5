/** How a sliding window is cut into slices: the sharpness of its trailing edge against memory. */
import { MAX_CLOCK_SKEW_MS } from '@hookpulse/common/events/log-time';

export interface WindowShape {
  readonly windowMs: number;
  /** A window begins with the whole slice that holds the moment a window ago. */
  readonly sliceMs: number;
  /** Slices in memory: those of the window, and those of senders whose clocks are ahead. */
  readonly slots: number;
}

/** An alert may be off by a slice at its trailing edge; the leading edge is exact. */
const MAX_SLICE_MS = 5_000;
const MIN_SLICE_MS = 1_000;
/** So many slices a window at most until slices reach their longest: 900 s are 180 slices of 5 s. */
const SLICES_PER_WINDOW = 180;

export function windowShape(windowMs: number): WindowShape {
  const wholeSeconds = Math.round(windowMs / SLICES_PER_WINDOW / 1_000) * 1_000;
  const sliceMs = Math.min(Math.max(wholeSeconds, MIN_SLICE_MS), MAX_SLICE_MS);
  return {
    windowMs,
    sliceMs,
    // The slice that the window begins in, and the one of this moment, are both there whole.
    slots: Math.ceil(windowMs / sliceMs) + 1 + Math.ceil(MAX_CLOCK_SKEW_MS / sliceMs) + 1,
  };
}

/** Number of the first slice of the window as of a moment; slices are numbered from the epoch. */
export function firstSlice({ windowMs, sliceMs }: WindowShape, nowMs: number): number {
  return Math.floor((nowMs - windowMs) / sliceMs);
}
