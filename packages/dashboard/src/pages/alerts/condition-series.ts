/** The condition of an alert as a chart draws it, and in words. */
import type { AlertCondition } from '@hookpulse/api/alert-condition';
import { formatCount, formatPercent } from '../../format/numbers.ts';
import { formatShort, formatSpan } from '../../format/times.ts';
import type { ChartSeries } from '../../ui/chart.tsx';

type Told = Pick<AlertCondition, 'title' | 'unit' | 'points' | 'step_seconds'>;

/** The value, and the line that it is compared with. */
export function conditionSeries({ title, points }: Told): ChartSeries[] {
  return [
    {
      label: title,
      color: '--chart-2',
      kind: 'area',
      values: points.map(({ value }) => value),
    },
    { label: 'Fires above', color: '--chart-4', values: points.map(({ line }) => line) },
  ];
}

export function conditionFormat(unit: AlertCondition['unit']): (value: number) => string {
  switch (unit) {
    case 'ratio':
      return (value) => formatPercent(value * 100);
    case 'count':
      return formatCount;
    case 'seconds':
      return (value) => formatSpan(value * 1_000);
    default:
      return unit satisfies never;
  }
}

/** `Held in 12 of 61 minutes, highest at 24 Nov, 14:03: 25%, line 10%.` */
export function conditionSummary({ unit, points, step_seconds }: Told): string {
  const [first] = points;
  if (!first) return 'Nothing is kept of that time.';
  const highest = points.reduce((most, one) => (one.value > most.value ? one : most), first);
  const held = points.filter(({ holds }) => holds).length;
  const format = conditionFormat(unit);
  const steps = step_seconds === 60 ? 'minutes' : 'steps';
  const when = formatShort(Date.parse(highest.at));
  return `Held in ${held} of ${points.length} ${steps}, highest at ${when}: ${format(highest.value)}, line ${format(highest.line)}.`;
}

/** Why there is no chart, and what is listed instead. */
export function noPointsSentence({ rule, title }: Pick<AlertCondition, 'rule' | 'title'>): string {
  const why =
    rule === 'forwarding_stuck'
      ? 'The age of waiting updates is not kept by the minute.'
      : 'Minutes are kept for a day, and this alert is older.';
  return `${why} ${title} when it was judged:`;
}
