/** Hours or days side by side, those without a row among them. */
import { HOUR_MS } from '@hookpulse/common/values/durations';

export interface TimeGrid<Row> {
  /** Start of every hour or day, oldest first, milliseconds since the epoch. */
  readonly times: readonly number[];
  /** One for each; null: nothing happened in it. */
  readonly rows: readonly (Row | null)[];
}

/** Milliseconds since the epoch: from the first start on, and before the end. */
export interface GridSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export function timeGrid<Row>(
  rows: readonly Row[],
  startOf: (row: Row) => number,
  { fromMs, toMs, stepMs }: GridSpan,
): TimeGrid<Row> {
  const byStart = new Map(rows.map((row) => [startOf(row), row]));
  const count = Math.max(0, Math.ceil((toMs - fromMs) / stepMs));
  const times = Array.from({ length: count }, (_, nth) => fromMs + nth * stepMs);
  return { times, rows: times.map((timeMs) => byStart.get(timeMs) ?? null) };
}

/** @param nowMs - in the last of the hours */
export function hourGrid<Row>(
  rows: readonly Row[],
  startOf: (row: Row) => number,
  { hours, nowMs }: { readonly hours: number; readonly nowMs: number },
): TimeGrid<Row> {
  const toMs = startOfHour(nowMs) + HOUR_MS;
  return timeGrid(rows, startOf, { fromMs: toMs - hours * HOUR_MS, toMs, stepMs: HOUR_MS });
}

export function startOfHour(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) * HOUR_MS;
}
