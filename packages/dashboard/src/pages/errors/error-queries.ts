/** What the pages ask the API for: groups of errors, one group, and the events of a group. */
import type { ErrorState } from '@hookpulse/common/events/error-state';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import {
  type RangePreset,
  spanOfRange,
  type TimeRange,
  type TimeSpan,
} from '../../state/time-range.ts';

export const ERRORS_PATH = '/api/errors';
/** What people look for who come here; raw events are kept for a week, unless it was set otherwise. */
export const ERROR_PRESETS = ['24h', '15m', '1h', '6h', '7d'] as const satisfies readonly [
  RangePreset,
  ...RangePreset[],
];
/** Searched and picked from here: whoever has more faults looks at the largest. */
const MAX_GROUPS = '200';

export type ErrorFilterName = 'bot_id' | 'error_type' | 'update_type';
export const ERROR_FILTER_NAMES = ['bot_id', 'error_type', 'update_type'] as const;
/** What is not filtered by is empty. */
export type ErrorFilter = Readonly<Record<ErrorFilterName, string>>;

export interface ErrorQuery {
  readonly filter: ErrorFilter;
  readonly range: TimeRange;
}

/** @param state - empty: of every state */
export function groupsPath(query: ErrorQuery, state: ErrorState | '', nowMs: number): string {
  return `${ERRORS_PATH}?${fieldsOf(query, nowMs, { state, limit: MAX_GROUPS })}`;
}

export function groupPath(fingerprint: string, query: ErrorQuery, nowMs: number): string {
  return `${ERRORS_PATH}/${encodeURIComponent(fingerprint)}?${fieldsOf(query, nowMs, {})}`;
}

/** The page of exactly the events that were counted. */
export function eventsOfGroup(
  fingerprint: string,
  {
    from,
    to,
    bot_id = '',
    update_type = '',
  }: {
    readonly from: string;
    readonly to?: string | undefined;
    readonly bot_id?: string;
    readonly update_type?: string;
  },
): string {
  const fields = { error_fingerprint: fingerprint, bot_id, update_type, from, to: to ?? '' };
  return `/events?${given(fields)}`;
}

export const OPEN_STATES: readonly ErrorState[] = ['new', 'back', 'ongoing'];

/** What is asked for: in whole minutes, so that an answer that was asked for a moment ago is asked for again. */
export function askedSpan(range: TimeRange, nowMs: number): TimeSpan {
  const wholeMs = range.kind === 'preset' ? Math.floor(nowMs / MINUTE_MS) * MINUTE_MS : nowMs;
  return spanOfRange(range, wholeMs);
}

function fieldsOf(
  { filter, range }: ErrorQuery,
  nowMs: number,
  more: Readonly<Record<string, string>>,
): URLSearchParams {
  const { fromMs, toMs } = askedSpan(range, nowMs);
  return given({
    ...filter,
    from: fromMs === null ? '' : iso(fromMs),
    to: toMs === null ? '' : iso(toMs),
    ...more,
  });
}

function given(fields: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''));
}
