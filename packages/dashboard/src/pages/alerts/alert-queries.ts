/** What the page asks the API for: alerts that fire, pages of the history, one alert. */

import type { AlertView } from '@hookpulse/api/alert-view';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';

/** As many as one answer may have; the newest of them. */
export const MAX_FIRING = 1_000;
export const FIRING_PATH = `/api/alerts?state=firing&limit=${MAX_FIRING}`;
export const ALL_FIRING = '/alerts?tab=history&state=firing&range=all';
export const HISTORY_PAGE_SIZE = 50;

export const RANGES = ['7d', '24h', '30d', 'all'] as const;
export type RangeName = (typeof RANGES)[number];

export const RANGE_WORDS: Readonly<Record<RangeName, string>> = {
  '7d': 'Last 7 days',
  '24h': 'Last 24 hours',
  '30d': 'Last 30 days',
  all: 'All time',
};

const RANGE_MS: Readonly<Record<RangeName, number | null>> = {
  '7d': 7 * 24 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
  all: null,
};

export interface HistoryFilter {
  readonly botId: string;
  /** Empty: of any. */
  readonly rule: string;
  /** Empty: of any. */
  readonly state: string;
  readonly range: RangeName;
}

/** @param cursor - empty: the first page */
export function historyPath(filter: HistoryFilter, cursor: string, nowMs: number): string {
  const rangeMs = RANGE_MS[filter.range];
  return pathOf({
    bot_id: filter.botId.trim(),
    rule: filter.rule,
    state: filter.state,
    // In whole hours, so that an answer that was asked for a moment ago is asked for again.
    from: rangeMs === null ? '' : isoOf(Math.floor((nowMs - rangeMs) / HOUR_MS) * HOUR_MS),
    limit: String(HISTORY_PAGE_SIZE),
    cursor,
  });
}

/** What tells one alert from all others, as it stands in the page's address. */
export type AlertPlace = Pick<AlertView, 'bot_id' | 'rule' | 'fired_at'>;

/** `orders-bot|high_error_rate|2026-02-10T20:00:00.000Z` */
export function placeText({ bot_id, rule, fired_at }: AlertPlace): string {
  return `${bot_id}|${rule}|${fired_at}`;
}

/** Null: this is no place of an alert. */
export function placeOf(text: string): AlertPlace | null {
  const [bot_id, rule, fired_at, ...rest] = text.split('|');
  if (!bot_id || !rule || !fired_at || rest.length > 0) return null;
  return Number.isNaN(Date.parse(fired_at)) ? null : { bot_id, rule, fired_at };
}

/** One bot and rule fires once in a millisecond. */
export function onePath({ bot_id, rule, fired_at }: AlertPlace): string {
  const firedAtMs = Date.parse(fired_at);
  return pathOf({ bot_id, rule, from: isoOf(firedAtMs), to: isoOf(firedAtMs + 1), limit: '1' });
}

/** Its condition over time. */
export function conditionPath({ bot_id, rule, fired_at }: AlertPlace): string {
  return `/api/alerts/condition?${new URLSearchParams({ bot_id, rule, fired_at })}`;
}

const AROUND_MS = 15 * MINUTE_MS;
/** Of an alert that lasts, the events of its beginning are what explains it. */
const MAX_EVENTS_MS = DAY_MS;

/** When it was over; of one that a later alert replaced, its last transition. Null: it fires. */
export function endedAt({
  state,
  resolved_at,
  as_of,
}: Pick<AlertView, 'state' | 'resolved_at' | 'as_of'>): string | null {
  return state === 'firing' ? null : (resolved_at ?? as_of);
}

type AlertSpan = Pick<AlertView, 'bot_id' | 'fired_at' | 'state' | 'resolved_at' | 'as_of'>;

/** Events from before it fired until after its end, as filters of the page of events. */
export function eventsAround(alert: AlertSpan): string {
  const { bot_id, fired_at } = alert;
  const end = endedAt(alert);
  const fromMs = Date.parse(fired_at) - AROUND_MS;
  const toMs = end === null ? null : Date.parse(end) + AROUND_MS;
  const to = toMs === null ? null : isoOf(Math.min(toMs, fromMs + MAX_EVENTS_MS));
  const range = { from: isoOf(fromMs), ...(to === null ? {} : { to }) };
  return `/events?${new URLSearchParams({ bot_id, ...range })}`;
}

function pathOf(fields: Readonly<Record<string, string>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== '');
  return `/api/alerts?${new URLSearchParams(given)}`;
}

function isoOf(timeMs: number): string {
  return iso(timeMs);
}
