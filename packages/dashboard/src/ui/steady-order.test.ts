import { expect, test } from '@jest/globals';
import { steadyOrder } from './steady-order.ts';

test('what is there stays in its place, what is new comes last, what is gone leaves', () => {
  expect(steadyOrder(['d', 'c', 'new', 'a'], ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd', 'new']);
  expect(steadyOrder(['b', 'a'], [])).toEqual(['b', 'a']);
});
