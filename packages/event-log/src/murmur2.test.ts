import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { murmur2, partitionForKey } from './murmur2.ts';
import { JAVA_VECTORS } from './testing/java-vectors.ts';

describe('murmur2', () => {
  test.each(JAVA_VECTORS)('hashes $key as the Java client does', ({ key, hash }) => {
    expect(murmur2(new TextEncoder().encode(key))).toBe(hash);
  });

  test.each(JAVA_VECTORS)('puts $key into the partition of the Java client', (vector) => {
    expect(partitionForKey(vector.key, 12)).toBe(vector.partitionOf12);
  });

  test('a key of any length is placed by all of its bytes, and none of the key before', () => {
    const key = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(
      fc.property(fc.array(key), (keys) => {
        for (const one of keys) {
          const hash = murmur2(new TextEncoder().encode(one)) & 0x7fffffff;
          expect(partitionForKey(one, 1_000)).toBe(hash % 1_000);
        }
      }),
    );
  });
});
