/** Who may read `GET /metrics`: everybody, unless a read token is set (contract, section 6). */
import { matchesSha256, sha256Hex } from '../runtime/secrets.ts';
import { bearerToken } from './bearer.ts';

/** SHA-256 of the tokens that read, in hexadecimal; `open` where no read token is set. */
export type MetricsTokens = 'open' | { readonly sha256: readonly string[] };

/** As configured; null: not set. */
export interface Tokens {
  readonly admin: string | null;
  readonly read: string | null;
  /** Without a read token, names under which the open routes may be asked for; default: any. */
  readonly openTo?: readonly string[] | null | undefined;
}

export function metricsTokens(tokens: Tokens): MetricsTokens {
  if (tokens.read === null) return 'open';
  const both = tokens.admin === null ? [tokens.read] : [tokens.read, tokens.admin];
  return { sha256: both.map(sha256Hex) };
}

/** @param authorization - the header's value */
export function mayReadMetrics(tokens: MetricsTokens, authorization: string | undefined): boolean {
  if (tokens === 'open') return true;
  const token = bearerToken(authorization);
  return token !== null && tokens.sha256.some((expected) => matchesSha256(token, expected));
}
