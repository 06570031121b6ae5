/** By what the charts of a span are drawn: minutes of the last hours, else hours, else days. */
import type { MetricsUnit } from '@hookpulse/api/metrics-row';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import type { TimeSpan } from '../state/time-range.ts';

/** More minutes, or hours, would be more than a chart has pixels. */
const MAX_MINUTES_MS = 12 * HOUR_MS;
const MAX_HOURS_MS = 31 * DAY_MS + HOUR_MS;
/** Of less there is hardly a line; there are hours where minutes are not kept any more. */
const MIN_MINUTES_MS = 10 * MINUTE_MS;
const MIN_HOURS_MS = 6 * HOUR_MS;

/** Whether the API still has the minutes of all of it: it keeps them for a day, and an hour more. */
export function hasMinutes({ fromMs }: TimeSpan, nowMs: number): boolean {
  return fromMs !== null && fromMs >= nowMs - DAY_MS;
}

/** @param wanted - what is chosen, where the chart has room for it */
export function chartUnit(
  span: TimeSpan,
  nowMs: number,
  wanted: MetricsUnit = 'hour',
): MetricsUnit {
  const lengthMs = (span.toMs ?? nowMs) - (span.fromMs ?? Number.NEGATIVE_INFINITY);
  if (wanted === 'day' || lengthMs > MAX_HOURS_MS) return 'day';
  return lengthMs <= MAX_MINUTES_MS && hasMinutes(span, nowMs) ? 'minute' : 'hour';
}

/** The range of a drag over a chart: whole minutes, and enough minutes or hours for a line. */
export function zoomedRange(fromMs: number, toMs: number, nowMs: number) {
  const range = widened(fromMs, toMs, MIN_MINUTES_MS);
  return hasMinutes(range, nowMs) ? range : widened(fromMs, toMs, MIN_HOURS_MS);
}

function widened(fromMs: number, toMs: number, minMs: number) {
  const missingMs = Math.max(0, minMs - (toMs - fromMs));
  return {
    kind: 'own',
    fromMs: Math.floor((fromMs - missingMs / 2) / MINUTE_MS) * MINUTE_MS,
    toMs: Math.ceil((toMs + missingMs / 2) / MINUTE_MS) * MINUTE_MS,
  } as const;
}
