import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verifySecret } from './secret.ts';

test('only the secret itself is right', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (given, expected) => {
      expect(verifySecret(given, expected)).toBe(given === expected);
      expect(verifySecret(expected, expected)).toBe(true);
      expect(verifySecret(expected + expected, expected)).toBe(false);
      expect(verifySecret(expected.slice(1), expected)).toBe(false);
    }),
  );
});

test('no secret and an empty one are wrong', () => {
  expect([verifySecret(null, 'a'), verifySecret(undefined, 'a'), verifySecret('', '')]).toEqual([
    false,
    false,
    false,
  ]);
});
