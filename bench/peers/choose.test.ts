import { expect, test } from '@jest/globals';
import { CANDIDATES } from './candidates.ts';
import { chooseCandidates } from './choose.ts';

test('candidates are chosen by name, in the order of the page', () => {
  const names = chooseCandidates(CANDIDATES, 'hookpulse, go').map(({ name }) => name);
  expect(names).toEqual(['go', 'hookpulse']);
  expect(chooseCandidates(CANDIDATES, undefined)).toBe(CANDIDATES);
});

test('an unknown one is named, with those that there are', () => {
  expect(() => chooseCandidates(CANDIDATES, 'go,rust')).toThrow(/no candidate "rust".*benthos, go/);
});
