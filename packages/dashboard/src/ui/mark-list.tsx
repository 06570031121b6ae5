/** The marks of charts in words: what they are, and when. */
import { formatShort } from '../format/times.ts';
import type { ChartMark } from './chart-marks.ts';
import './mark-list.css';
import { ToneMark } from './status-badge.tsx';

/** More would be longer than the charts; the newest are told. */
const MAX_SHOWN = 8;

/** @param marks - newest first */
export function MarkList({ marks }: { readonly marks: readonly ChartMark[] }) {
  if (marks.length === 0) return null;
  return (
    <ul class="marks" aria-label="Marks in the charts">
      {marks.slice(0, MAX_SHOWN).map(({ timeMs, label, tone }) => (
        <li key={`${timeMs} ${label}`}>
          <ToneMark tone={tone} />
          <span>{label}</span>
          <time dateTime={new Date(timeMs).toISOString()}>{formatShort(timeMs)}</time>
        </li>
      ))}
      {marks.length > MAX_SHOWN && <li>{marks.length - MAX_SHOWN} earlier</li>}
    </ul>
  );
}
