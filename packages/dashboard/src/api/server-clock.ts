/**
 * The time as the server has it: a viewer's clock may be wrong by hours. Learned from the `Date` of
 * answers (https://www.rfc-editor.org/rfc/rfc9110#name-date), which has whole seconds.
 */

/** `Date` is cut to seconds, and an answer takes its time: a smaller difference is no wrong clock. */
const TOLERANCE_MS = 2_000;

let offsetMs = 0;
const listeners = new Set<() => void>();

/** Milliseconds since the epoch. Before the first answer, the viewer's own time. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/**
 * @param date - header of an answer that came from the server just now; null: it had none
 * @param receivedAtMs - by the viewer's clock
 */
export function learnTime(date: string | null, receivedAtMs: number): void {
  const known = offsetOf(date, receivedAtMs);
  if (known === null || Math.abs(known - offsetMs) <= TOLERANCE_MS) return;
  offsetMs = Math.abs(known) <= TOLERANCE_MS ? 0 : known;
  for (const listener of listeners) listener();
}

/** Told when the viewer's clock turned out to be wrong, or to be right again. @returns ends it */
export function onTimeLearned(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Half a second on, as the seconds were cut. */
function offsetOf(date: string | null, receivedAtMs: number): number | null {
  const serverMs = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(serverMs) ? null : serverMs + 500 - receivedAtMs;
}
