import { expect, test } from '@jest/globals';
import { backlogSummary } from './backlog-summary.ts';

test.each([
  [[], 'Nothing is known yet.'],
  [[null, null], 'Nothing is known yet.'],
  [[null, 3, 9, 0], '0 now, 9 at most.'],
])('of %j it says: %s', (values, words) => {
  expect(backlogSummary(values, String)).toBe(words);
});
