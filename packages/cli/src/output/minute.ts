/** A time as tables show it: `2026-02-10 20:00`, UTC. @param iso - ISO 8601 in UTC */
export function minuteOf(iso: string): string {
  return iso.slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ');
}
