import { expect, test } from '@jest/globals';
import { parseProcessStat } from './process-stat.ts';

test('CPU times are read behind a name that holds anything', () => {
  const [before, times] = ['S 7 42 42 0 -1 4194304 1 2 3 4', '150 50 200 25'];
  expect(parseProcessStat(`42 (a) 1 (b c) ${before} ${times} 20 0 1 0 99\n`)).toEqual({
    parent: 7,
    cpuSeconds: 2,
    endedChildrenCpuSeconds: 2.25,
  });
});
