/**
 * `slow_processing`: the 95th percentile of a bot's processing time is above its limit.
 *
 * The percentile itself is not needed to know that: p95 is above the limit exactly when more than one
 * in twenty took longer than the limit. Counting those is exact, and takes two numbers a slice.
 */

import Type from 'typebox';
import { formatRate } from '../../windows/counters.ts';
import { formatLast } from './format-span.ts';
import { COMMON_SETTINGS, endingOfShare, type Rule } from './rule.ts';

/** Of a p95: the share that may be slower than it. */
const SLOWER_SHARE = 0.05;
/** Of fewer, one slow event decides: that is no percentile worth the name. */
const DEFAULT_MIN_EVENTS = 20;

const Settings = Type.Object(
  {
    ...COMMON_SETTINGS,
    limit_ms: Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 86_400_000 }), Type.Null()], {
      description: 'p95 of the processing time above which it fires, milliseconds; null: off',
      title: 'Fires when p95 is above',
      'x-unit': 'ms',
    }),
    min_events: Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000,
      title: 'Needs more than',
      'x-unit': 'events',
      description:
        'an integer, 0 or more: it needs more events with a processing time than this in the window',
    }),
  },
  { title: 'Slow processing' },
);

export const slowProcessing: Rule<typeof Settings> = {
  settings: Settings,
  icon: '🐢',
  title: 'Slow Webhook Processing',
  meaning: 'The 95th percentile of the processing time in the window is above the limit.',
  firstChecks: [],
  gauge: {
    title: 'Share of slow updates',
    unit: 'ratio',
    read: ({ slow_share = 0 }) => ({ value: slow_share, line: SLOWER_SHARE }),
  },
  mailHasFooter: true,
  defaultsFrom: (environment) => ({
    enabled: true,
    repeat_after_minutes: environment.repeatAfterMinutes,
    limit_ms: environment.slowProcessingLimitMs,
    min_events: DEFAULT_MIN_EVENTS,
  }),
  holds: ({ measured, slow }, { limit_ms, min_events }) =>
    limit_ms !== null && measured > min_events && slow / measured > SLOWER_SHARE,
  ending: ({ measured, slow }, { limit_ms, min_events }) =>
    limit_ms === null
      ? 'clear'
      : endingOfShare(
          { count: measured, failed: slow },
          { line: SLOWER_SHARE, minCount: min_events },
        ),
  describe({ measured, slow }, { limit_ms, min_events }, bot, { windowMs }) {
    const share = measured === 0 ? 0 : slow / measured;
    return {
      sentence: `Bot "${bot.name}" ${times(measured, slow, limit_ms, windowMs)}.`,
      severity: share,
      facts: { measured, slow, slow_share: share, limit_ms: limit_ms ?? 0, min_events },
    };
  },
  brief: ({ slow = 0, measured = 0, limit_ms: limitMs = 0 }) =>
    `${formatRate(measured === 0 ? 0 : slow / measured)} over ${limitMs} ms (${slow}/${measured})`,
};

function times(measured: number, slow: number, limitMs: number | null, windowMs: number): string {
  const window = `in the last ${formatLast(windowMs)}`;
  if (limitMs === null) return 'has no limit of its processing time';
  if (measured === 0) return `has reported no processing time ${window}`;
  const share = slow / measured;
  const side = share > SLOWER_SHARE ? 'above' : 'within';
  return `has a p95 processing time ${side} ${limitMs} ms (${formatRate(share)} took longer: ${slow}/${measured}) ${window}`;
}
