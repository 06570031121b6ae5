/** Numbers as people read them. What is not known is a dash. */
import { madeOnce } from './made-once.ts';

export const UNKNOWN = '–';

const WHOLE = madeOnce(() => new Intl.NumberFormat('en', { maximumFractionDigits: 0 }));
const ONE_DECIMAL = madeOnce(() => new Intl.NumberFormat('en', { maximumFractionDigits: 1 }));
const TWO_DECIMALS = madeOnce(() => new Intl.NumberFormat('en', { maximumFractionDigits: 2 }));
const COMPACT = madeOnce(
  () => new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }),
);

/** From here on digits beyond the third say nothing in a table. */
const COMPACT_FROM = 1_000_000;

/** `12,345`, and from a million on `1.2M`. */
export function formatCount(count: number | null): string {
  if (count === null) return UNKNOWN;
  return (count >= COMPACT_FROM ? COMPACT : WHOLE)().format(count);
}

/** `12K`: where there is little room, as on axes. */
export function formatCompact(value: number): string {
  return COMPACT().format(value);
}

/** The API's rate, such as `1.3%`, as a number in per cent, to compare by. */
export function percentOf(rate: string): number {
  return Number.parseFloat(rate);
}

/** `1.3%` @param percent - 0 to 100 */
export function formatPercent(percent: number): string {
  return `${ONE_DECIMAL().format(percent)}%`;
}

/** `0.4 ms`, `42 ms`, `1.24 s`, `2.5 min` */
export function formatMs(durationMs: number | null): string {
  if (durationMs === null) return UNKNOWN;
  if (durationMs < 10) return `${ONE_DECIMAL().format(durationMs)} ms`;
  if (durationMs < 1_000) return `${WHOLE().format(durationMs)} ms`;
  if (durationMs < 60_000) return `${TWO_DECIMALS().format(durationMs / 1_000)} s`;
  return `${ONE_DECIMAL().format(durationMs / 60_000)} min`;
}
