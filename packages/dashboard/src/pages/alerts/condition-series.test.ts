import { expect, test } from '@jest/globals';
import { conditionSeries, conditionSummary, noPointsSentence } from './condition-series.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 1, 10, 20, minute)).toISOString();
const CONDITION = {
  title: 'Error rate',
  unit: 'ratio',
  step_seconds: 60,
  points: [
    { at: at(0), value: 0.05, line: 0.1, holds: false },
    { at: at(1), value: 0.25, line: 0.1, holds: true },
    { at: at(2), value: 0.2, line: 0.2, holds: false },
  ],
} as const;

test('the line is drawn as it was at each moment', () => {
  const told = { ...CONDITION, points: [...CONDITION.points] };
  expect(conditionSeries(told).map(({ values }) => values)).toEqual([
    [0.05, 0.25, 0.2],
    [0.1, 0.1, 0.2],
  ]);
});

test('in words: how long it held, and the worst of it', () => {
  const told = { ...CONDITION, points: [...CONDITION.points] };
  expect(conditionSummary(told)).toMatch(
    /^Held in 1 of 3 minutes, highest at 10 Feb, \d\d:01: 25%, line 10%\.$/,
  );
  expect(conditionSummary({ ...told, points: [] })).toBe('Nothing is kept of that time.');
});

test('without a chart it says why there is none', () => {
  expect(noPointsSentence({ rule: 'forwarding_stuck', title: 'Age' })).toBe(
    'The age of waiting updates is not kept by the minute. Age when it was judged:',
  );
  expect(noPointsSentence({ rule: 'no_traffic', title: 'Time without events' })).toBe(
    'Minutes are kept for a day, and this alert is older. Time without events when it was judged:',
  );
});
