import { describe, expect, test } from '@jest/globals';
import { matchesSha256, randomSecret, sha256Hex } from './secrets.ts';

/** FIPS 180-2, appendix B.1. */
const SHA256_OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('secrets', () => {
  test('hash to the published SHA-256', () => {
    expect(sha256Hex('abc')).toBe(SHA256_OF_ABC);
  });

  test('match only their own hash', () => {
    expect(matchesSha256('abc', SHA256_OF_ABC)).toBe(true);
    expect(matchesSha256('abd', SHA256_OF_ABC)).toBe(false);
    expect(matchesSha256('', SHA256_OF_ABC)).toBe(false);
  });

  test('match nothing when the stored hash is none', () => {
    expect(matchesSha256('abc', '')).toBe(false);
    expect(matchesSha256('abc', SHA256_OF_ABC.slice(2))).toBe(false);
    expect(matchesSha256('abc', 'not hexadecimal')).toBe(false);
  });

  test('are 32 random bytes in base64url, never the same twice', () => {
    const secrets = new Set(Array.from({ length: 100 }, randomSecret));
    expect(secrets.size).toBe(100);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
