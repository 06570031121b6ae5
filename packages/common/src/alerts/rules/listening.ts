/**
 * When Hookpulse listened. Only then is it the silence of a bot when nothing comes: what was delivered
 * while ingest did not run, or could not write to the log, is not known.
 */

/** A stretch of time, half-open, milliseconds since the epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Time in which it is not known that anybody listened. */
export interface Absence extends Span {
  /** Ingest listens, and the clock is ahead of the log's: the log has not come to that time yet. */
  readonly isClockAhead?: boolean;
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

/**
 * Takes the absence at the end of a span for a clock that is ahead of the log's, unless it is too long
 * for that. It stays one, so that nothing is called silent too early.
 * @param span - up to now
 */
export function withClockAhead(
  absences: readonly Span[],
  span: Span,
  longestMs: number,
): readonly Absence[] {
  const last = absences.at(-1);
  if (last?.toMs !== span.toMs || last.toMs - last.fromMs > longestMs) return absences;
  return [...absences.slice(0, -1), { ...last, isClockAhead: true }];
}

/** @param absences - as `absencesWithin` gives them */
export function listenedMs(span: Span, absences: readonly Absence[]): number {
  const missed = absences.reduce((sum, absence) => sum + overlapMs(span, absence), 0);
  return Math.max(span.toMs - span.fromMs, 0) - missed;
}

/** Up to when the log says whether it was listened: until now, or as far as the log's clock has come. */
export function toldToMs(nowMs: number, absences: readonly Absence[]): number {
  return absences.findLast(({ isClockAhead }) => isClockAhead)?.fromMs ?? nowMs;
}

/** For how long it has been listened without a break, up to that moment. */
export function listeningForMs(nowMs: number, absences: readonly Absence[]): number {
  const broken = absences.findLast(({ isClockAhead }) => !isClockAhead);
  return Math.max(toldToMs(nowMs, absences) - (broken?.toMs ?? Number.NEGATIVE_INFINITY), 0);
}

function overlapMs(a: Span, b: Span): number {
  return Math.max(Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs), 0);
}
