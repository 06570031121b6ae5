/**
 * A span of time that somebody chose: the last so many hours, which go on, or from one time to
 * another. In the address: `range=24h`, or `from` and `to`.
 */

import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { parseMoment } from '@hookpulse/common/values/moment';
import { formatShort, isKnownTime } from '../format/times.ts';
import type { UrlChanges, UrlState } from './url-state.ts';

/** By their names in the address. */
const PRESETS = {
  '15m': { lengthMs: HOUR_MS / 4, text: 'Last 15 minutes' },
  '1h': { lengthMs: HOUR_MS, text: 'Last hour' },
  '6h': { lengthMs: 6 * HOUR_MS, text: 'Last 6 hours' },
  '24h': { lengthMs: DAY_MS, text: 'Last 24 hours' },
  '7d': { lengthMs: 7 * DAY_MS, text: 'Last 7 days' },
  '30d': { lengthMs: 30 * DAY_MS, text: 'Last 30 days' },
  '90d': { lengthMs: 90 * DAY_MS, text: 'Last 90 days' },
  '1y': { lengthMs: 365 * DAY_MS, text: 'Last year' },
  all: { lengthMs: null, text: 'Any time' },
} as const satisfies Record<string, { readonly lengthMs: number | null; readonly text: string }>;

export type RangePreset = keyof typeof PRESETS;

/** Milliseconds since the epoch; null: no bound. */
export interface TimeSpan {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export type TimeRange =
  | { readonly kind: 'preset'; readonly preset: RangePreset }
  | ({ readonly kind: 'own' } & TimeSpan);

/** @param presets - those that may be chosen; the first is the one of an address that says nothing */
export function rangeOfUrl(
  url: Pick<UrlState, 'get'>,
  presets: readonly [RangePreset, ...RangePreset[]],
): TimeRange {
  const fromMs = timeOf(url.get('from'));
  const toMs = timeOf(url.get('to'));
  if (fromMs !== null || toMs !== null) return { kind: 'own', fromMs, toMs };
  const preset = presets.find((name) => name === url.get('range')) ?? presets[0];
  return { kind: 'preset', preset };
}

/** Whether the address names a time or a preset that is none, so that `rangeOfUrl` passes over it. */
export function hasUnknownRange(
  url: Pick<UrlState, 'get'>,
  presets: readonly RangePreset[],
): boolean {
  const times = [url.get('from'), url.get('to')].filter((text) => text !== '');
  const preset = url.get('range');
  return (
    times.some((text) => timeOf(text) === null) ||
    (preset !== '' && !presets.some((name) => name === preset))
  );
}

/** @param standard - the preset that needs no words in the address */
export function urlOfRange(range: TimeRange, standard: RangePreset): UrlChanges {
  switch (range.kind) {
    case 'preset':
      return { range: range.preset === standard ? null : range.preset, from: null, to: null };
    case 'own':
      return { range: null, from: isoOf(range.fromMs), to: isoOf(range.toMs) };
    default:
      return range satisfies never;
  }
}

/** What is to be asked for. A preset has no end, so that what arrives belongs to it. */
export function spanOfRange(range: TimeRange, nowMs: number): TimeSpan {
  if (range.kind === 'own') return { fromMs: range.fromMs, toMs: range.toMs };
  const { lengthMs } = PRESETS[range.preset];
  return { fromMs: lengthMs === null ? null : nowMs - lengthMs, toMs: null };
}

export function rangeText(range: TimeRange): string {
  if (range.kind === 'preset') return presetText(range.preset);
  const { fromMs, toMs } = range;
  if (fromMs === null) return toMs === null ? presetText('all') : `Until ${formatShort(toMs)}`;
  return toMs === null
    ? `Since ${formatShort(fromMs)}`
    : `${formatShort(fromMs)} – ${formatShort(toMs)}`;
}

export function presetText(preset: RangePreset): string {
  return PRESETS[preset].text;
}

/** As the API reads it: `Date.parse` makes 2 March of 30 February. */
function timeOf(text: string): number | null {
  const timeMs = parseMoment(text);
  return timeMs !== null && isKnownTime(timeMs) ? timeMs : null;
}

function isoOf(timeMs: number | null): string | null {
  return timeMs === null ? null : iso(timeMs);
}
