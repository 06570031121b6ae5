import { describe, expect, test } from '@jest/globals';
import { murmur2, partitionForKey } from './murmur2.ts';
import { JAVA_VECTORS } from './testing/java-vectors.ts';

describe('murmur2', () => {
  test.each(JAVA_VECTORS)('hashes $key as the Java client does', ({ key, hash }) => {
    expect(murmur2(new TextEncoder().encode(key))).toBe(hash);
  });

  test.each(JAVA_VECTORS)('puts $key into the partition of the Java client', (vector) => {
    expect(partitionForKey(vector.key, 12)).toBe(vector.partitionOf12);
  });
});
