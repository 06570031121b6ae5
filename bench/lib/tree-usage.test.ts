import { expect, test } from '@jest/globals';
import type { ProcessStat } from './process-stat.ts';
import { treeSum } from './tree-usage.ts';

test('CPU time is of a process and all below it, ended or not, and of nobody else', () => {
  const processes = new Map([
    [1, stat(0, 1_000, 1_000)],
    [10, stat(1, 1, 16)],
    [11, stat(10, 2)],
    [12, stat(11, 4, 8)],
    [20, stat(1, 500)],
    // Its parent ended while these were read.
    [30, stat(29, 500)],
  ]);
  expect(treeSum(10, processes)).toBe(31);
});

function stat(parent: number, cpuSeconds: number, endedChildrenCpuSeconds = 0): ProcessStat {
  return { parent, cpuSeconds, endedChildrenCpuSeconds };
}
