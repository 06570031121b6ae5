/** `Authorization: Bearer <token>` (RFC 6750, section 2.1). */

/** The token's own alphabet, `b64token`; the scheme's name is case-insensitive (RFC 9110, 11.1). */
const BEARER_PATTERN = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** Far longer than any of ours; more would only be work to judge. */
export const MAX_TOKEN_LENGTH = 4_096;
const MAX_HEADER_LENGTH = 'Bearer '.length + MAX_TOKEN_LENGTH;

/** The token of an `Authorization` header; null when there is none, or too long a one, or it is of another scheme. */
export function bearerToken(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > MAX_HEADER_LENGTH) return null;
  return BEARER_PATTERN.exec(authorization)?.[1] ?? null;
}
