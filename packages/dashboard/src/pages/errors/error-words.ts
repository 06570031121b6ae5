/** States of groups of errors in words, and their lines as charts take them. */
import type { ErrorGroup } from '@hookpulse/api/error-groups';
import type { ErrorState } from '@hookpulse/common/events/error-state';
import type { Tone } from '../../ui/status-badge.tsx';

export const ERROR_STATE_WORDS: Readonly<Record<ErrorState, string>> = {
  new: 'New',
  back: 'Back',
  ongoing: 'Ongoing',
  resolved: 'Resolved',
  ignored: 'Ignored',
};
/** Empty: the text names none. */
export function errorStateOfText(text: string): ErrorState | '' {
  const states = Object.keys(ERROR_STATE_WORDS) as ErrorState[];
  return states.find((state) => state === text) ?? '';
}

export const ERROR_STATE_TONES: Readonly<Record<ErrorState, Tone>> = {
  new: 'bad',
  back: 'bad',
  ongoing: 'warn',
  resolved: 'good',
  ignored: 'idle',
};

/** Milliseconds since the epoch. */
export interface ShownSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ShownLine {
  readonly times: readonly number[];
  readonly counts: readonly number[];
}

/** More than a year of hours: an address may ask for any time. */
const MAX_STEPS = 10_000;

/** Every minute or hour of the span, the newest of many; what the line does not tell had no events. */
export function wholeLine(
  { line }: Pick<ErrorGroup, 'line'>,
  { fromMs, toMs }: ShownSpan,
): ShownLine {
  const stepMs = line.step_seconds * 1_000;
  const lineFromMs = Date.parse(line.from);
  const askedMs = Math.min(lineFromMs, Math.floor(fromMs / stepMs) * stepMs);
  const asked = Math.max(1, Math.ceil((toMs - askedMs) / stepMs));
  const steps = Math.min(asked, MAX_STEPS);
  const firstMs = askedMs + (asked - steps) * stepMs;
  const times = Array.from({ length: steps }, (_, at) => firstMs + at * stepMs);
  return { times, counts: times.map((ms) => line.counts[(ms - lineFromMs) / stepMs] ?? 0) };
}

/** The same in so many pieces, summed: for where there is little room. */
export function shortLine(
  group: Pick<ErrorGroup, 'line'>,
  { fromMs, toMs }: ShownSpan,
  pieces: number,
): number[] {
  const sums = new Array<number>(pieces).fill(0);
  const startMs = Date.parse(group.line.from);
  group.line.counts.forEach((count, at) => {
    const timeMs = startMs + at * group.line.step_seconds * 1_000;
    const piece = Math.floor(((timeMs - fromMs) / (toMs - fromMs)) * pieces);
    const within = Math.min(pieces - 1, Math.max(0, piece));
    sums[within] = (sums[within] ?? 0) + count;
  });
  return sums;
}
