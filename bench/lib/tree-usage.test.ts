import { expect, test } from '@jest/globals';
import { treeSum } from './tree-usage.ts';

test('CPU time is of a process and all below it, and of nobody else', () => {
  const processes = new Map([
    [1, { parent: 0, seconds: 1_000 }],
    [10, { parent: 1, seconds: 1 }],
    [11, { parent: 10, seconds: 2 }],
    [12, { parent: 11, seconds: 4 }],
    [20, { parent: 1, seconds: 500 }],
    // Its parent ended while these were read.
    [30, { parent: 29, seconds: 500 }],
  ]);
  expect(treeSum(10, processes)).toBe(7);
});
