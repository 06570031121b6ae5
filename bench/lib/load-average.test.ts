import { expect, test } from '@jest/globals';
import { busyWarning } from './load-average.ts';

test('a load average above half a program a core is warned of', () => {
  expect(busyWarning(1, 2)).toBeNull();
  expect(busyWarning(1.01, 2)).toContain('load average 1.01 on 2 cores');
  expect(busyWarning(3.23, 8)).toBeNull();
});
