import { expect, test } from '@jest/globals';
import { shortReason } from './alert-reason.ts';

test.each([
  ['Bot "A" has 15.0% error rate (15/100 failed).', '15.0% error rate (15/100 failed).'],
  ['Bot "A" has had no webhook traffic.', 'No webhook traffic.'],
  ['Bot "A" has a p95 processing time above 500 ms.', 'P95 processing time above 500 ms.'],
  ['Security alert for bot A: 7 failures', '7 failures'],
  ['Bot "B" has 1.0% error rate.', 'Bot "B" has 1.0% error rate.'],
])('%j beside its bot A is %j', (reason, short) => {
  expect(shortReason({ bot_name: 'A', reason })).toBe(short);
});
