const SECOND_MS = 1_000;
const MILLISECONDS = 'mmmZ';

/** The text of the last second but for its milliseconds: most times come one after the other. */
let last = { second: Number.NaN, text: '' };

/**
 * @param timeMs - milliseconds since the epoch; fractions of one are dropped
 * @returns RFC 3339 in UTC with milliseconds, as all topics and answers have it
 * @throws RangeError for what is no time
 */
export function iso(timeMs: number): string {
  const wholeMs = Math.trunc(timeMs);
  const second = Math.floor(wholeMs / SECOND_MS);
  if (second !== last.second) {
    const text = new Date(wholeMs).toISOString();
    last = { second, text: text.slice(0, -MILLISECONDS.length) };
  }
  return `${last.text}${String(wholeMs - second * SECOND_MS).padStart(3, '0')}Z`;
}

/** ISO 8601 date in UTC: `2026-02-10`. @param timeMs - ms since the epoch */
export function isoDate(timeMs: number): string {
  return iso(timeMs).slice(0, 'yyyy-mm-dd'.length);
}
