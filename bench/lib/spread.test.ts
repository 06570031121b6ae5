import { expect, test } from '@jest/globals';
import { spreadOf } from './spread.ts';

test('the spread is by value, not by text, and the median of two is between them', () => {
  expect(spreadOf([9, 100, 20])).toEqual({ median: 20, lowest: 9, highest: 100 });
  expect(spreadOf([10, 30, 20, 1_000])).toEqual({ median: 25, lowest: 10, highest: 1_000 });
  expect(spreadOf([7])).toEqual({ median: 7, lowest: 7, highest: 7 });
  expect(() => spreadOf([])).toThrow('no values');
});
