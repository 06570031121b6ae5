/** `high_error_rate`: more of a bot's events fail than it may (contract, section 7). */

import Type from 'typebox';
import { errorRate, formatRate } from '../../windows/counters.ts';
import { formatLast } from './format-span.ts';
import { COMMON_SETTINGS, endingOfShare, type Rule } from './rule.ts';

const Settings = Type.Object(
  {
    ...COMMON_SETTINGS,
    threshold: Type.Number({
      minimum: 0,
      maximum: 1,
      title: 'Fires above',
      'x-unit': 'ratio',
      description: 'error rate, 0 to 1, above which it fires',
    }),
    min_events: Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000,
      title: 'Needs more than',
      'x-unit': 'events',
      description: 'an integer, 0 or more: it needs more events than this in the window',
    }),
  },
  { title: 'High error rate' },
);

export const highErrorRate: Rule<typeof Settings> = {
  settings: Settings,
  icon: '⚠️',
  title: 'High Webhook Error Rate',
  meaning: 'More of the events in the window failed than the threshold allows.',
  firstChecks: [],
  gauge: {
    title: 'Error rate',
    unit: 'ratio',
    read: ({ error_rate = 0, threshold = 0 }) => ({ value: error_rate, line: threshold }),
  },
  mailHasFooter: true,
  defaultsFrom: (environment) => ({
    enabled: true,
    repeat_after_minutes: environment.repeatAfterMinutes,
    threshold: environment.errorRateThreshold,
    min_events: environment.minEvents,
  }),
  holds: ({ events, errors }, { threshold, min_events }) =>
    events > min_events && errorRate(errors, events) > threshold,
  ending({ events, errors }, { threshold, min_events }, { forwarding }) {
    const counted = { count: events, failed: errors };
    const ending = endingOfShare(counted, { line: threshold, minCount: min_events });
    // Only first attempts are errors, and a bot that is down has few: its rate falls while nothing works.
    const isDown = forwarding?.isFailing ?? false;
    return isDown && ending !== 'failing' ? 'unknown' : ending;
  },
  describe({ events, errors }, { threshold, min_events }, bot, { windowMs }) {
    const rate = errorRate(errors, events);
    return {
      sentence: `Bot "${bot.name}" has ${formatRate(rate)} error rate (${errors}/${events} failed) in the last ${formatLast(windowMs)}.`,
      severity: rate,
      facts: { events, errors, error_rate: rate, threshold, min_events },
    };
  },
  brief: ({ events = 0, errors = 0 }) =>
    `${formatRate(errorRate(errors, events))} (${errors}/${events} failed)`,
};
