/** A range of time of one's own as it is typed, in the viewer's zone, and the range that it makes. */
import { localDateTime } from '../format/times.ts';
import { spanOfRange, type TimeRange } from './time-range.ts';

/** As a browser's field of date and time has them: `2026-02-10T20:00`; empty: no bound. */
export interface RangeDraft {
  readonly from: string;
  readonly to: string;
}

export type RangeOutcome =
  | { readonly kind: 'range'; readonly range: TimeRange }
  | { readonly kind: 'bad'; readonly problem: string };

/** What is shown at the moment, with its end: a range of one's own does not go on. */
export function draftOfRange(range: TimeRange, nowMs: number): RangeDraft {
  const { fromMs, toMs } = spanOfRange(range, nowMs);
  const endMs = range.kind === 'preset' && fromMs !== null ? nowMs : toMs;
  return { from: textOf(fromMs), to: textOf(endMs) };
}

export function rangeOfDraft({ from, to }: RangeDraft): RangeOutcome {
  const [fromMs, toMs] = [timeOf(from), timeOf(to)];
  if (fromMs === null && toMs === null) {
    return { kind: 'bad', problem: 'Say when it begins, when it ends, or both.' };
  }
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    return { kind: 'bad', problem: 'It has to begin before it ends.' };
  }
  return { kind: 'range', range: { kind: 'own', fromMs, toMs } };
}

function textOf(timeMs: number | null): string {
  return timeMs === null ? '' : localDateTime(timeMs);
}

/** Such a text has no zone, and is taken to be of the viewer's. */
function timeOf(text: string): number | null {
  return text === '' ? null : new Date(text).getTime();
}
