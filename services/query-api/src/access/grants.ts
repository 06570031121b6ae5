/** What tokens give: those of the environment, and the named ones. */
import { scryptSync } from 'node:crypto';
import { ADMIN_TOKEN_NAME, type Grant, READ_TOKEN_NAME } from '@hookpulse/api/caller';
import type { SessionOrigin } from '@hookpulse/api/session';
import { isTokenExpired, type NamedToken, type Scope } from '@hookpulse/common/bots/access-token';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { matchesSha256, sha256Hex } from '@hookpulse/common/values/secrets';
import type { Tokens } from '@hookpulse/service-kit/http/metrics-tokens';
import type { NamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';

export interface Grants {
  /**
   * What a token gives; null: it is none of ours. Compared in constant time.
   * @throws TableNotReadError when it might be a named one.
   */
  ofToken(token: string): Grant | null;
  /** What the token of a session gives now; null: it was changed, was revoked or has expired. */
  ofOrigin(origin: SessionOrigin): Grant | null;
  /** Of a session that is made with what gives this. */
  originOf(grant: Grant): SessionOrigin;
}

interface EnvironmentToken {
  readonly grant: Grant;
  readonly sha256: string;
  /** Made when it is first needed: it costs some 50 ms, once in the life of a process. */
  key(): string;
}

export interface GrantsDeps {
  /** Those of the environment. */
  readonly tokens: Tokens;
  readonly namedTokens: Pick<NamedTokens, 'use' | 'byId'>;
  readonly clock: Clock;
}

const KEY_SALT = 'hookpulse session v2';
const KEY_BYTES = 32;

export function createGrants({ tokens, namedTokens, clock }: GrantsDeps): Grants {
  const fromEnvironment = [
    environmentToken(tokens.admin, 'admin', ADMIN_TOKEN_NAME),
    environmentToken(tokens.read, 'read', READ_TOKEN_NAME),
  ].filter((token) => token !== null);

  return {
    ofToken(token) {
      const known = fromEnvironment.find(({ sha256 }) => matchesSha256(token, sha256));
      if (known) return known.grant;
      const named = namedTokens.use(token, clock.now());
      return named && grantOf(named);
    },
    ofOrigin({ token_id, name, token_key }) {
      if (token_id === null) {
        const known = fromEnvironment.find(({ grant }) => grant.token.name === name);
        return known && known.key() === token_key ? known.grant : null;
      }
      const named = namedTokens.byId(token_id)?.record;
      return named && !isTokenExpired(named, clock.now()) ? grantOf(named) : null;
    },
    originOf({ token }) {
      const known = fromEnvironment.find(({ grant }) => grant.token === token);
      return { ...token, token_key: known?.key() ?? null };
    },
  };
}

function environmentToken(
  token: string | null,
  access: Scope,
  name: string,
): EnvironmentToken | null {
  if (token === null) return null;
  let key: string | null = null;
  return {
    grant: { access, bots: null, token: { token_id: null, name }, tokenExpiresAtMs: null },
    sha256: sha256Hex(token),
    key() {
      key ??= scryptSync(token, `${KEY_SALT} ${name}`, KEY_BYTES).toString('hex');
      return key;
    },
  };
}

function grantOf({ token_id, name, scope, bots, expires_at }: NamedToken): Grant {
  return {
    access: scope,
    bots: bots && new Set(bots),
    token: { token_id, name },
    tokenExpiresAtMs: expires_at === null ? null : Date.parse(expires_at),
  };
}
