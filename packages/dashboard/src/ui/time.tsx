/** A time: how long ago, or in the viewer's zone; in UTC on hover. */
import { UNKNOWN } from '../format/numbers.ts';
import {
  formatAgo,
  formatFull,
  formatMoment,
  formatPrecise,
  formatShort,
  formatUtc,
} from '../format/times.ts';
import { useNow } from '../state/use-now.ts';

export interface TimeProps {
  /** ISO 8601; null: never. */
  readonly at: string | null;
  /** Default: how long ago. */
  readonly as?: 'ago' | 'short' | 'full' | 'precise' | 'moment';
}

export function Time({ at, as = 'ago' }: TimeProps) {
  const nowMs = useNow();
  if (at === null) return <span>{UNKNOWN}</span>;
  const timeMs = Date.parse(at);
  const hint = as === 'ago' ? `${formatFull(timeMs)}\n${formatUtc(timeMs)}` : formatUtc(timeMs);
  return (
    <time dateTime={at} title={hint}>
      {textOf(timeMs, as, nowMs)}
    </time>
  );
}

function textOf(timeMs: number, as: NonNullable<TimeProps['as']>, nowMs: number): string {
  switch (as) {
    case 'ago':
      return formatAgo(timeMs, nowMs);
    case 'short':
      return formatShort(timeMs);
    case 'full':
      return formatFull(timeMs);
    case 'precise':
      return formatPrecise(timeMs);
    case 'moment':
      return formatMoment(timeMs, nowMs);
    default:
      return as satisfies never;
  }
}
