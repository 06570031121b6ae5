import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ratioOf, turnsOf } from './turns.ts';

test('every other round goes backwards, and each candidate has one turn in each', () => {
  const all = ['go', 'hookpulse', 'bare'];
  expect([0, 1, 2].map((round) => turnsOf(all, round))).toEqual([
    ['go', 'hookpulse', 'bare'],
    ['bare', 'hookpulse', 'go'],
    ['go', 'hookpulse', 'bare'],
  ]);
  expect(all).toEqual(['go', 'hookpulse', 'bare']);
});

test('over an even number of rounds every candidate has the same mean place', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      (all, pairs) => {
        const places = all.map((candidate) =>
          Array.from({ length: 2 * pairs }, (_, round) => turnsOf(all, round).indexOf(candidate)),
        );
        const sums = places.map((of) => of.reduce((sum, place) => sum + place, 0));
        expect(new Set(sums)).toEqual(new Set([pairs * (all.length - 1)]));
      },
    ),
  );
});

test('a ratio is of the rounds that were run together', () => {
  // The medians alone would give 1: 20 / 20.
  expect(ratioOf([10, 20, 60], [20, 10, 20])).toEqual({ median: 2, lowest: 0.5, highest: 3 });
});
