import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { positionOfText, positionText } from './live-position.ts';

test('is read back from its text', () => {
  const offsets = fc.array(fc.option(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(offsets, (all) => {
      const known = all.flatMap((offset, partition) =>
        offset === null ? [] : [[partition, offset] as const],
      );
      expect(positionOfText(positionText(new Map(known)))).toEqual(new Map(known));
    }),
  );
});

test('is short', () => {
  const position = new Map(Array.from({ length: 12 }, (_, n) => [n, 1_000_000n] as const));
  expect(positionText(position)).toHaveLength(61);
});

test.each(['', '2.1', '1.-1', '1.a b', '1.A', `1.${'z'.repeat(14)}`, '7', '1.1.é'])(
  '%j is none',
  (text) => {
    expect(positionOfText(text)).toBeNull();
  },
);
