/**
 * When Hookpulse listened. Only then is it the silence of a bot when nothing comes: what was delivered
 * while ingest did not run, or could not write to the log, is not known.
 */

/** A stretch of time, half-open, milliseconds since the epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What of a span the stretches leave out, in order.
 * @param stretches - in any order, overlapping or not
 * @param toleranceMs - a hole that is no longer counts as none
 */
export function absencesWithin(
  span: Span,
  stretches: Iterable<Span>,
  toleranceMs: number,
): readonly Span[] {
  const absences: Span[] = [];
  let knownToMs = span.fromMs;
  for (const { fromMs, toMs } of [...stretches].toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs >= span.toMs) break;
    if (fromMs - knownToMs > toleranceMs) absences.push({ fromMs: knownToMs, toMs: fromMs });
    knownToMs = Math.max(knownToMs, toMs);
  }
  if (span.toMs - knownToMs > toleranceMs) absences.push({ fromMs: knownToMs, toMs: span.toMs });
  return absences;
}

/** @param absences - as `absencesWithin` gives them */
export function listenedMs(span: Span, absences: readonly Span[]): number {
  const missed = absences.reduce((sum, absence) => sum + overlapMs(span, absence), 0);
  return Math.max(span.toMs - span.fromMs, 0) - missed;
}

/** For how long it has been listened without a break, until now. */
export function listeningForMs(nowMs: number, absences: readonly Span[]): number {
  return Math.max(nowMs - (absences.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY), 0);
}

function overlapMs(a: Span, b: Span): number {
  return Math.max(Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs), 0);
}
