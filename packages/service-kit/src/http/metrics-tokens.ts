/** Who may read `GET /metrics`: everybody, unless a read token is set (contract, section 6). */
import { matchesSha256, sha256Hex } from '@hookpulse/common/values/secrets';
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

/** Named tokens, as far as they are needed here. */
export interface NamedTokenReader {
  /** @throws LogUnavailableError when it is not known yet. */
  use(token: string, nowMs: number): { readonly bots: readonly string[] | null } | null;
}

export interface MetricsRequest {
  /** The header's value. */
  readonly authorization: string | undefined;
  readonly nowMs: number;
}

/**
 * @param named - any named token for all bots reads the metrics, which tell of all bots
 * @throws LogUnavailableError as `named` does.
 */
export function mayReadMetrics(
  tokens: MetricsTokens,
  named: NamedTokenReader | undefined,
  { authorization, nowMs }: MetricsRequest,
): boolean {
  if (tokens === 'open') return true;
  const token = bearerToken(authorization);
  if (token === null) return false;
  if (tokens.sha256.some((expected) => matchesSha256(token, expected))) return true;
  return named?.use(token, nowMs)?.bots === null;
}
