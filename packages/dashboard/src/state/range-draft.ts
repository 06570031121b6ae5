/** A range of time of one's own as it is typed, in the viewer's zone, and the range that it makes. */
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { localDateTime, momentOfLocal, NO_MOMENT } from '../format/times.ts';
import { spanOfRange, type TimeRange, type TimeSpan } from './time-range.ts';

/** As a browser's field of date and time has them: `2026-02-10T20:00`; empty: no bound. */
export interface RangeDraft {
  readonly from: string;
  readonly to: string;
}

export type RangeOutcome =
  | { readonly kind: 'range'; readonly range: TimeRange }
  | { readonly kind: 'bad'; readonly problem: string };

/** What is shown at the moment, with its end: a range of one's own does not go on. To the minute, if it did. */
export function shownSpan(range: TimeRange, nowMs: number): TimeSpan {
  if (range.kind === 'own') return spanOfRange(range, nowMs);
  const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const { fromMs } = spanOfRange(range, toMs);
  return { fromMs, toMs: fromMs === null ? null : toMs };
}

export function draftOfSpan({ fromMs, toMs }: TimeSpan): RangeDraft {
  return { from: textOf(fromMs), to: textOf(toMs) };
}

/**
 * @param shown - the span that the fields were filled from. An end that nobody has typed into is the
 *   same moment still: its text may stand for two, in the hour that comes twice as summer time ends.
 */
export function rangeOfDraft(draft: RangeDraft, shown: TimeSpan): RangeOutcome {
  const fromMs = boundOf(draft.from, shown.fromMs);
  const toMs = boundOf(draft.to, shown.toMs);
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return { kind: 'bad', problem: NO_MOMENT };
  if (fromMs === null && toMs === null) {
    return { kind: 'bad', problem: 'Enter a start, an end, or both.' };
  }
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    return { kind: 'bad', problem: 'The start must be before the end.' };
  }
  return { kind: 'range', range: { kind: 'own', fromMs, toMs } };
}

function textOf(timeMs: number | null): string {
  return timeMs === null ? '' : localDateTime(timeMs);
}

/** A text has no zone, and is taken to be of the viewer's. NaN: it is no time. */
function boundOf(text: string, shownMs: number | null): number | null {
  if (text === textOf(shownMs)) return shownMs;
  return text === '' ? null : (momentOfLocal(text) ?? Number.NaN);
}
