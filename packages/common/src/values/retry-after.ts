/** What `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3). */

/** Milliseconds, more than 0; null: it asks for no pause, or says nothing that can be understood. */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | null {
  if (typeof header !== 'string') return null;
  const afterMs = readMs(header.trim(), nowMs);
  // A pause of 0 would replace the caller's own, and make a loop without a pause.
  return afterMs > 0 ? afterMs : null;
}

/** NaN: it is neither. */
function readMs(text: string, nowMs: number): number {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // `Date.parse` takes `1.5` and `-1` for days of 2001.
  return /[a-z]/i.test(text) ? Date.parse(text) - nowMs : Number.NaN;
}
