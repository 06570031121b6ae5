/** Which events are looked at: what the address says, and how the API is asked for them. */

import type { EventFilter } from '@hookpulse/api/event-filter';
import { iso } from '@hookpulse/common/values/iso';
import {
  type RangePreset,
  rangeOfUrl,
  spanOfRange,
  type TimeRange,
  type TimeSpan,
} from '../../state/time-range.ts';
import type { UrlState } from '../../state/url-state.ts';
import type { OlderPage } from './event-list.ts';

export type FilterName = keyof EventFilter;

/** Named in the address as in the API. */
export const FILTER_NAMES = [
  'bot_id',
  'event_type',
  'status',
  'error_type',
  'update_id',
  'update_type',
  'error_fingerprint',
] as const satisfies readonly FilterName[];

/** Raw events are kept for a week, unless it was set otherwise. */
export const EVENT_PRESETS = ['all', '15m', '1h', '6h', '24h', '7d'] as const satisfies readonly [
  RangePreset,
  ...RangePreset[],
];

/** Events are stored in almost the order of their times. */
const LATE_MS = 5_000;

/** As texts: whether they are allowed is the API's to say. What is not filtered by is not there. */
export type FilterTexts = Readonly<Partial<Record<FilterName, string>>>;

export interface EventQuery {
  readonly filter: FilterTexts;
  readonly range: TimeRange;
}

export function eventQueryOfUrl(url: Pick<UrlState, 'get'>): EventQuery {
  const given = FILTER_NAMES.map((name) => [name, url.get(name)] as const);
  return {
    filter: Object.fromEntries(given.filter(([, value]) => value !== '')),
    range: rangeOfUrl(url, EVENT_PRESETS),
  };
}

/** Whether what happens now belongs to it. */
export function includesNow({ range }: EventQuery, nowMs: number): boolean {
  return range.kind === 'preset' || range.toMs === null || range.toMs > nowMs;
}

export function isFiltered({ filter, range }: EventQuery): boolean {
  return (
    Object.keys(filter).length > 0 || range.kind === 'own' || range.preset !== EVENT_PRESETS[0]
  );
}

/** @param more - further fields, such as `limit` and `cursor` */
export function eventsPath(
  { filter, range }: EventQuery,
  nowMs: number,
  more: Readonly<Record<string, string>> = {},
): string {
  const span = spanOfRange(range, nowMs);
  return pathOf('/api/events', { ...filter, ...isoSpan(span), ...more });
}

/** Live events have no range: they happen now. */
export function streamPath({ filter }: EventQuery): string {
  return pathOf('/api/events/stream', filter);
}

export function eventPath(eventId: string): string {
  return `/api/events/${encodeURIComponent(eventId)}`;
}

/** A millisecond more, as others of that time may follow; those that are known are left out. */
export function olderFields(older: OlderPage): Readonly<Record<string, string>> {
  switch (older.kind) {
    case 'cursor':
      return { cursor: older.cursor };
    case 'until':
      return { to: isoOf(older.timestamp, 1) };
    default:
      return older satisfies never;
  }
}

/** @param newest - the time of the newest event that is known; null: there is none */
export function sinceFields(newest: string | null): Readonly<Record<string, string>> {
  return newest === null ? {} : { from: isoOf(newest, -LATE_MS) };
}

function isoOf(timestamp: string, moreMs: number): string {
  return new Date(Date.parse(timestamp) + moreMs).toISOString();
}

function isoSpan({ fromMs, toMs }: TimeSpan): Record<string, string> {
  return {
    ...(fromMs === null ? {} : { from: iso(fromMs) }),
    ...(toMs === null ? {} : { to: iso(toMs) }),
  };
}

function pathOf(path: string, fields: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(fields).toString();
  return query === '' ? path : `${path}?${query}`;
}
