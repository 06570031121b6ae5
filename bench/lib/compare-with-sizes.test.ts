/** Compares a capacity run with the table of costs. */
import { expect, test } from '@jest/globals';
import { compareWithSizes } from './compare-with-sizes.ts';

/** As it was measured (bench/README.md). */
const MEASURED = {
  updatesPerSecond: 1_000,
  bots: 1_000,
  logBytesPerUpdate: 1_426,
  'ingest: CPU s per 10,000 updates': 1.1,
  'aggregator: CPU s per 10,000 updates': 0.9,
  'alerter: CPU s per 10,000 updates': 0.5,
  'query-api: CPU s per 10,000 updates': 0.4,
};

test('what was measured is near what is calculated', () => {
  const { calculated, differences } = compareWithSizes(MEASURED, 10_000);
  expect(differences).toEqual([]);
  expect(Object.keys(calculated)).toHaveLength(5);
});

test.each([
  ['logBytesPerUpdate', 2_000],
  ['logBytesPerUpdate', 1_000],
  ['ingest: CPU s per 10,000 updates', 1_100],
  ['alerter: CPU s per 10,000 updates', 0.001],
  ['query-api: CPU s per 10,000 updates', undefined],
])('%s of %p is said to be far from it', (figure, value) => {
  const measured = { ...MEASURED, [figure]: value ?? null };
  expect(compareWithSizes(measured, 10_000).differences).toEqual([
    expect.stringContaining(`${figure}: measured`),
  ]);
});
