import { expect, test } from '@jest/globals';
import { SizeRefusals } from './log-problems.ts';

test('refusals are named until nobody has tried for half a minute', () => {
  const refusals = new SizeRefusals();
  expect(refusals.describe(0)).toBeNull();
  refusals.found({ topic: 'one', bytes: 5 }, 0);
  refusals.found({ topic: 'other', bytes: 7 }, 10_000);
  expect(refusals.describe(29_999)).toMatch(
    /topic one does not take 5 bytes; .*max\.message\.bytes.*; topic other does not take 7 bytes/,
  );
  expect(refusals.describe(30_000)).not.toMatch('topic one');
  expect(refusals.describe(40_000)).toBeNull();
});
