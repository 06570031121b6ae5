/**
 * Where a page of events is looked for: in the newest hour first, then in the newest day, then in all
 * there is. As a rule the first one fills it, and a store reads a stretch of time in the time that the
 * stretch takes, however much lies before it.
 */
import { HOUR_MS } from '@hookpulse/common/values/durations';
import type { EventPageRequest } from './event-page.ts';

/** Event time: from the first on and before the second, milliseconds since the epoch; null: any. */
export type LookBackSpan = Pick<EventPageRequest, 'fromMs' | 'toMs'>;

const STEPS_MS: readonly number[] = [HOUR_MS, 24 * HOUR_MS];

/** Adjoining spans that make up the whole of what is asked for, the newest first; one at least. */
export function lookBackSpans(
  { filter, fromMs, toMs, after }: EventPageRequest,
  nowMs: number,
): LookBackSpan[] {
  // The few events of an update may be anywhere, and an index finds them at once.
  if (filter.update_id !== undefined) return [{ fromMs, toMs }];
  const newestMs = Math.min(nowMs, toMs ?? nowMs, after?.timeMs ?? nowMs);
  const spans: LookBackSpan[] = [];
  let endMs = toMs;
  for (const stepMs of STEPS_MS) {
    const startMs = newestMs - stepMs;
    if (fromMs !== null && startMs <= fromMs) break;
    spans.push({ fromMs: startMs, toMs: endMs });
    endMs = startMs;
  }
  return [...spans, { fromMs, toMs: endMs }];
}
