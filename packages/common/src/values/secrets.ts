/**
 * Secrets: how they are made, how they are kept (SHA-256 only) and how they are compared.
 *
 * A plain SHA-256 is right for secrets of 256 random bits, as all that are made here: there is no
 * dictionary to try, so a slow password hash would cost every webhook request and gain nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits: beyond guessing, and 43 characters that fit any header or URL. */
const SECRET_BYTES = 32;

/** Length of a SHA-256 digest (FIPS 180-4). */
const SHA256_BYTES = 32;

/** A new secret: 32 bytes of the system's cryptographic random source, as base64url. */
export function randomSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** SHA-256 of the secret's UTF-8 bytes, 64 lower-case hexadecimal digits. */
export function sha256Hex(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/**
 * Whether `secret` is the one whose SHA-256 is `hex`; false when `hex` is no SHA-256. Digests of
 * equal length are compared in constant time, so the time taken tells nothing of the secret.
 */
export function matchesSha256(secret: string, hex: string): boolean {
  const expected = Buffer.from(hex, 'hex');
  if (expected.length !== SHA256_BYTES) return false;
  return timingSafeEqual(createHash('sha256').update(secret, 'utf8').digest(), expected);
}
