/**
 * How much of each day a bot was healthy, by what is stored: the hours in which it had traffic, and
 * the spans in which an alert fired. Observed is the union of both; healthy is what of it is outside
 * of the spans. Time without traffic and without an alert says nothing, and is left out.
 */
import type { StatusDay } from '@hookpulse/api/public-status';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { isoDate } from '@hookpulse/common/values/iso';

/** Half-open; milliseconds since the epoch. */
export interface StatusSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface BotPast {
  /** Starts of the hours with an event, milliseconds since the epoch. */
  readonly hourStartsMs: readonly number[];
  /** When an alert fired; they may overlap. */
  readonly alerts: readonly StatusSpan[];
}

export interface HealthyShare {
  /** 0 to 100, rounded down to two decimals; null: nothing was observed. */
  readonly percent: number | null;
  readonly days: readonly StatusDay[];
}

/**
 * @param fromMs - start of the first day (UTC)
 * @param nowMs - the last day ends here
 */
export function healthyShare(past: BotPast, fromMs: number, nowMs: number): HealthyShare {
  const unhealthy = union(past.alerts);
  const hours = past.hourStartsMs.map((startMs) => ({ fromMs: startMs, toMs: startMs + HOUR_MS }));
  const observed = union([...hours, ...past.alerts]);
  const sum = { observedMs: 0, unhealthyMs: 0 };
  const days: StatusDay[] = [];
  for (let dayMs = fromMs; dayMs <= nowMs; dayMs += DAY_MS) {
    const day = { fromMs: dayMs, toMs: Math.min(dayMs + DAY_MS, nowMs) };
    const [observedMs, unhealthyMs] = [lengthWithin(observed, day), lengthWithin(unhealthy, day)];
    sum.observedMs += observedMs;
    sum.unhealthyMs += unhealthyMs;
    days.push({
      date: isoDate(dayMs),
      healthy_percent: percentOf(observedMs, unhealthyMs),
      unhealthy_minutes: Math.ceil(unhealthyMs / MINUTE_MS),
    });
  }
  return { percent: percentOf(sum.observedMs, sum.unhealthyMs), days };
}

/** Rounded down, so that only a day without any alert shows 100. */
function percentOf(observedMs: number, unhealthyMs: number): number | null {
  if (observedMs === 0) return null;
  return Math.floor(((observedMs - unhealthyMs) * 10_000) / observedMs) / 100;
}

/** The same times without overlaps, in order. */
function union(spans: readonly StatusSpan[]): StatusSpan[] {
  const merged: StatusSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last && span.fromMs <= last.toMs) {
      merged[merged.length - 1] = { ...last, toMs: Math.max(last.toMs, span.toMs) };
    } else {
      merged.push(span);
    }
  }
  return merged;
}

/** @param spans - without overlaps */
function lengthWithin(spans: readonly StatusSpan[], { fromMs, toMs }: StatusSpan): number {
  return spans.reduce((sum, span) => {
    const lengthMs = Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs);
    return sum + Math.max(0, lengthMs);
  }, 0);
}
