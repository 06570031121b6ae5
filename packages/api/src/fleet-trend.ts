/** How a bot's last 24 hours went, in a few numbers: for a line in a table of many bots. */

import { Count } from '@hookpulse/common/values/count';
import Type, { type Static } from 'typebox';
import { roundMs } from './rounding.ts';

/** The current clock hour and the 23 before it. */
export const TREND_HOURS = 24;

const HOURS_DESCRIPTION = `of each of the last ${TREND_HOURS} clock hours, oldest first`;

export const TrendSchema = Type.Object({
  hours_from: Type.String({ format: 'date-time', description: 'start of the first hour, UTC' }),
  events: Type.Array(Count, { description: `events ${HOURS_DESCRIPTION}` }),
  errors: Type.Array(Count, { description: `errors ${HOURS_DESCRIPTION}` }),
  p95_processing_time_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'of the newest of these hours that has one; null: none has',
  }),
});
export type Trend = Static<typeof TrendSchema>;

/** Hours that had events, in any order. */
export interface StoredTrend {
  /** Which hours they are, from 0. */
  readonly nths: readonly number[];
  readonly events: readonly number[];
  readonly errors: readonly number[];
  readonly p95Ms: number | null;
}

/** @param stored - undefined: it had no events */
export function trendOf(stored: StoredTrend | undefined, hoursFrom: string): Trend {
  const trend = {
    hours_from: hoursFrom,
    events: new Array<number>(TREND_HOURS).fill(0),
    errors: new Array<number>(TREND_HOURS).fill(0),
    p95_processing_time_ms: roundMs(stored?.p95Ms ?? null),
  };
  stored?.nths.forEach((nth, index) => {
    trend.events[nth] = stored.events[index] ?? 0;
    trend.errors[nth] = stored.errors[index] ?? 0;
  });
  return trend;
}
