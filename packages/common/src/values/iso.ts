/** @param timeMs - milliseconds since the epoch @returns RFC 3339 in UTC with milliseconds, as all topics and answers have it */
export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** ISO 8601 date in UTC: `2026-02-10`. @param timeMs - ms since the epoch */
export function isoDate(timeMs: number): string {
  return iso(timeMs).slice(0, 'yyyy-mm-dd'.length);
}
