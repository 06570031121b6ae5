/** Numbers as people read them. What is not known is a dash. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { lazy } from './lazy.ts';

export const UNKNOWN = '–';

const WHOLE = lazy(() => new Intl.NumberFormat('en', { maximumFractionDigits: 0 }));
const ONE_DECIMAL = lazy(() => new Intl.NumberFormat('en', { maximumFractionDigits: 1 }));
const TWO_DECIMALS = lazy(() => new Intl.NumberFormat('en', { maximumFractionDigits: 2 }));
const COMPACT = lazy(
  () => new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }),
);

/** From here on digits beyond the third say nothing in a table. */
const COMPACT_FROM = 1_000_000;
/** There is no letter for more than trillions. */
const LARGEST_COMPACT = 1e15;

/** `12,345`, and from a million on `1.2M`. */
export function formatCount(count: number | null): string {
  if (count === null) return UNKNOWN;
  if (count >= LARGEST_COMPACT) return count.toExponential(1);
  return (count >= COMPACT_FROM ? COMPACT : WHOLE)().format(count);
}

/** `12K`: where there is little room, as on axes. */
export function formatCompact(value: number): string {
  return COMPACT().format(value);
}

/** Sorting a large fleet compares a hundred thousand times, and there are 1,001 rates. */
const PERCENTS = new Map<string, number>();

/** The API's rate, such as `1.3%`, as a number in per cent, to compare by. */
export function percentOf(rate: string): number {
  const known = PERCENTS.get(rate);
  if (known !== undefined) return known;
  const percent = Number.parseFloat(rate);
  PERCENTS.set(rate, percent);
  return percent;
}

/** `1.3%` @param percent - 0 to 100 */
export function formatPercent(percent: number): string {
  return `${ONE_DECIMAL().format(percent)}%`;
}

/** Of 365 days, as nobody counts so exactly. */
const YEAR_MS = 365 * DAY_MS;

/** `0.4 ms`, `42 ms`, `1.24 s`, `2.5 min`, `3.1 h`, `12 d`, `32 y` */
export function formatMs(durationMs: number | null): string {
  if (durationMs === null) return UNKNOWN;
  if (durationMs < 10) return `${ONE_DECIMAL().format(durationMs)} ms`;
  // Rounded up, the next unit has begun: 999.9 ms is 1 s.
  if (Math.round(durationMs) < SECOND_MS) return `${WHOLE().format(durationMs)} ms`;
  if (durationMs < MINUTE_MS) return `${TWO_DECIMALS().format(durationMs / SECOND_MS)} s`;
  if (durationMs < HOUR_MS) return `${ONE_DECIMAL().format(durationMs / MINUTE_MS)} min`;
  if (durationMs < 2 * DAY_MS) return `${ONE_DECIMAL().format(durationMs / HOUR_MS)} h`;
  if (durationMs < 2 * YEAR_MS) return `${WHOLE().format(durationMs / DAY_MS)} d`;
  const years = durationMs / YEAR_MS;
  if (years >= LARGEST_COMPACT) return `${years.toExponential(1)} y`;
  return `${(years < COMPACT_FROM ? WHOLE : COMPACT)().format(years)} y`;
}
