/** @param timeMs - milliseconds since the epoch @returns RFC 3339 in UTC with milliseconds, as all topics and answers have it */
export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
