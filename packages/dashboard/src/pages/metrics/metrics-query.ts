/** Which minutes, hours or days are looked at: what the address says, and how the API is asked for them. */

import type { MetricsUnit } from '@hookpulse/api/metrics-row';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { chartUnit, hasMinutes } from '../../metrics-charts/chart-unit.ts';
import {
  type RangePreset,
  rangeOfUrl,
  spanOfRange,
  type TimeRange,
  type TimeSpan,
} from '../../state/time-range.ts';
import type { UrlState } from '../../state/url-state.ts';

export const METRICS_PRESETS = [
  '24h',
  '1h',
  '6h',
  '7d',
  '30d',
  '90d',
  '1y',
  'all',
] as const satisfies readonly [RangePreset, ...RangePreset[]];

export const UNIT_MS: Readonly<Record<MetricsUnit, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** What the rows are about: all bots together, each of all bots, or one bot. */
export type MetricsSubject =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'each' }
  | { readonly kind: 'bot'; readonly botId: string };

export interface MetricsQuery {
  readonly subject: MetricsSubject;
  readonly unit: MetricsUnit;
  readonly range: TimeRange;
}

const PATH = '/api/metrics/hourly';

/** One row for each time: few enough to be read at once, and what the chart asks for, too. */
const SERIES_PAGE_SIZE = 1_000;
const EACH_PAGE_SIZE = 100;

/** Named in the address as in the API; without a name it is the fleet, by the hour. */
export function metricsQueryOfUrl(url: Pick<UrlState, 'get'>, nowMs: number): MetricsQuery {
  const botId = url.get('bot_id');
  const subject: MetricsSubject =
    botId !== '' ? { kind: 'bot', botId } : { kind: url.get('group') === 'bot' ? 'each' : 'fleet' };
  const range = rangeOfUrl(url, METRICS_PRESETS);
  const by = url.get('by');
  const isByMinute = by === 'minute' && canBeByMinute({ subject, range }, nowMs);
  return { subject, unit: isByMinute ? 'minute' : by === 'day' ? 'day' : 'hour', range };
}

/** There are minutes of the last day, and of one series at a time. */
export function canBeByMinute(
  { subject, range }: Pick<MetricsQuery, 'subject' | 'range'>,
  nowMs: number,
): boolean {
  return subject.kind !== 'each' && hasMinutes(spanOfRange(range, nowMs), nowMs);
}

export function urlOfSubject(subject: MetricsSubject): {
  bot_id: string | null;
  group: string | null;
} {
  return {
    bot_id: subject.kind === 'bot' ? subject.botId : null,
    group: subject.kind === 'each' ? 'bot' : null,
  };
}

/** All minutes, hours or days that the range touches: so that an answer stays one for a whole hour. */
export function wholeSpan(
  { unit, range }: Pick<MetricsQuery, 'unit' | 'range'>,
  nowMs: number,
): TimeSpan {
  const { fromMs, toMs } = spanOfRange(range, nowMs);
  const unitMs = UNIT_MS[unit];
  return {
    fromMs: fromMs === null ? null : Math.floor(fromMs / unitMs) * unitMs,
    toMs: toMs === null ? null : Math.ceil(toMs / unitMs) * unitMs,
  };
}

/** Rows that are shown together. @param cursor - empty: the newest page */
export function pagePath(query: MetricsQuery, nowMs: number, cursor: string): string {
  const limit = query.subject.kind === 'each' ? EACH_PAGE_SIZE : SERIES_PAGE_SIZE;
  return metricsPath(query, nowMs, { limit: String(limit), cursor });
}

/** All that is chosen, as a file. */
export function csvPath(query: MetricsQuery, nowMs: number): string {
  return metricsPath(query, nowMs, { format: 'csv' });
}

/**
 * What the charts show: minutes, where the range is short, and days, where there are too many hours.
 * Null: there is more than one series.
 */
export function chartQuery(query: MetricsQuery, nowMs: number): MetricsQuery | null {
  if (query.subject.kind === 'each') return null;
  const span = spanOfRange(query.range, nowMs);
  return { ...query, unit: chartUnit(span, nowMs, query.unit) };
}

function metricsPath(
  { subject, unit, range }: MetricsQuery,
  nowMs: number,
  more: Readonly<Record<string, string>>,
): string {
  const { fromMs, toMs } = wholeSpan({ unit, range }, nowMs);
  const fields = {
    group: subject.kind === 'fleet' ? 'fleet' : '',
    bot_id: subject.kind === 'bot' ? subject.botId : '',
    by: unit,
    from: isoOf(fromMs),
    to: isoOf(toMs),
    ...more,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== '');
  return `${PATH}?${new URLSearchParams(given)}`;
}

function isoOf(timeMs: number | null): string {
  return timeMs === null ? '' : iso(timeMs);
}
