import { MetricsRowSchema } from '@hookpulse/api/metrics-row';
import { COUNTER_NAMES } from '@hookpulse/common/windows/counters';
import { expect, test } from '@jest/globals';
import { METRIC_GROUPS } from './metric-fields.ts';

test('every count and every time of a row is told', () => {
  const told = METRIC_GROUPS.flatMap(({ fields }) => fields.map(({ name }) => name));
  const times = Object.keys(MetricsRowSchema.properties).filter((name) => name.endsWith('_ms'));
  expect(told.toSorted()).toEqual(
    ['events', 'errors', 'error_rate', ...COUNTER_NAMES, ...times].toSorted(),
  );
});
