import { expect, test } from '@jest/globals';
import { shownFacts } from './alert-facts.ts';

const shown = (facts: Record<string, number>) =>
  shownFacts(facts).map(({ name, value }) => `${name} ${value}`);

test('numbers of alerts are read in their units', () => {
  expect(shown({ events: 1_200, errors: 180, error_rate: 0.15, threshold: 0.1 })).toEqual([
    'Events 1,200',
    'Errors 180',
    'Error rate 15%',
    'Threshold 10%',
  ]);
  expect(shown({ signature_validation_failures: 7, threshold: 5 })).toEqual([
    'Signature validation failures 7',
    'Threshold 5',
  ]);
  expect(shown({ silent_seconds: 960, after_seconds: 900 })).toEqual([
    'Silent 16 min',
    'After 15 min',
  ]);
  expect(shown({ slow_share: 0.151, limit_ms: 500 })).toEqual(['Slow share 15.1%', 'Limit 500 ms']);
});
