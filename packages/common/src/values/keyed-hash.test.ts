import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createKeyedHash } from './keyed-hash.ts';

const WORDS = 5;

/** How many of 8,192 slots so many keys hit. */
function slotsHit(keys: readonly Uint32Array[]): number {
  const hash = createKeyedHash(WORDS);
  return new Set(keys.map((key) => hash(key, 0) & 0x1fff)).size;
}

test('the same words give the same hash, wherever they stand', () => {
  const hash = createKeyedHash(WORDS);
  const words = fc.array(fc.integer({ min: 0, max: 0xffffffff }), {
    minLength: WORDS,
    maxLength: WORDS,
  });
  fc.assert(
    fc.property(words, fc.nat(9), (key, before) => {
      const shifted = Uint32Array.from([...Array.from({ length: before }, () => 7), ...key, 9]);
      expect(hash(shifted, before)).toBe(hash(Uint32Array.from(key), 0));
    }),
  );
});

test.each<[string, (n: number) => readonly number[]]>([
  ['whose halves cancel out', (n) => [n, n * 31, n * 31, n, 1]],
  ['that differ in their last bits', (n) => [1, 2, 3, n, 1]],
  ['that differ in their first bits', (n) => [n << 19, 2, 3, 4, 1]],
  ['of many bots', (n) => [1, 2, 3, 4, n]],
])('keys %s are spread', (_name, keyOf) => {
  const keys = Array.from({ length: 8_192 }, (_, n) => Uint32Array.from(keyOf(n)));
  // 5,178 at random; 1 with a hash that the keys are made for.
  expect(slotsHit(keys)).toBeGreaterThan(4_000);
});

test('nobody can know which keys collide: each hash has a key of its own', () => {
  const words = Uint32Array.from([1, 2, 3, 4, 5]);
  const hashes = Array.from({ length: 8 }, () => createKeyedHash(WORDS)(words, 0));
  expect(new Set(hashes).size).toBeGreaterThan(1);
});
