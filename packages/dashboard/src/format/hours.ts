/** Hours side by side, those without a row among them. */

export const HOUR_MS = 3_600_000;

export interface HourGrid<Row> {
  /** Start of every hour, oldest first, milliseconds since the epoch. */
  readonly times: readonly number[];
  /** One for each; null: nothing happened in it. */
  readonly rows: readonly (Row | null)[];
}

/** @param nowMs - in the last of the hours */
export function hourGrid<Row>(
  rows: readonly Row[],
  startOf: (row: Row) => number,
  { hours, nowMs }: { readonly hours: number; readonly nowMs: number },
): HourGrid<Row> {
  const lastMs = startOfHour(nowMs);
  const byStart = new Map(rows.map((row) => [startOf(row), row]));
  const times = Array.from({ length: hours }, (_, nth) => lastMs - (hours - 1 - nth) * HOUR_MS);
  return { times, rows: times.map((timeMs) => byStart.get(timeMs) ?? null) };
}

export function startOfHour(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) * HOUR_MS;
}
