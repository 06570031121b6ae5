/** Who asks: by the bearer token or the session cookie of a request. */

import type { Caller } from '@hookpulse/api/caller';
import { idleEndMs, type Session } from '@hookpulse/api/session';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { bearerToken } from '@hookpulse/service-kit/http/bearer';
import type { FastifyRequest } from 'fastify';
import type { Grants } from './grants.ts';
import type { SessionCookies } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';

export interface CredentialsDeps {
  readonly grants: Grants;
  readonly sessions: Pick<Sessions, 'find' | 'noteUse'>;
  readonly cookies: SessionCookies;
  readonly clock: Clock;
}

export interface Credentials {
  /**
   * Null: nothing was shown, or nothing that holds. A request with a token is authenticated by the
   * token alone.
   * @throws TableNotReadError when that is not known yet.
   */
  identify(request: FastifyRequest): Caller | null;
  /** Whether a token or a session is shown, one that holds or not. */
  isShownIn(request: FastifyRequest): boolean;
}

export function createCredentials(deps: CredentialsDeps): Credentials {
  const { grants, sessions, cookies, clock } = deps;
  return {
    identify(request) {
      const { authorization } = request.headers;
      if (authorization === undefined) return bySession(request);
      const token = bearerToken(authorization);
      const grant = token === null ? null : grants.ofToken(token);
      return grant && { ...grant, via: 'token', session: null };
    },
    isShownIn(request) {
      const { authorization } = request.headers;
      return authorization !== undefined || cookies.secretsOf(request).length > 0;
    },
  };

  function bySession(request: FastifyRequest): Caller | null {
    for (const secret of cookies.secretsOf(request)) {
      const kept = sessions.find(secret);
      const grant = kept && grants.ofOrigin(kept.record.origin);
      if (!grant) continue;
      const { record: session, lastUsedAtMs } = kept;
      if (idleEndMs({ session, lastUsedAtMs }, grant.access) <= clock.now()) continue;
      sessions.noteUse(kept);
      return callerOf(session, grant);
    }
    return null;
  }
}

function callerOf(session: Session, grant: Omit<Caller, 'via' | 'session'>): Caller {
  const { session_id: sessionId, expires_at } = session;
  return { ...grant, via: 'session', session: { sessionId, expiresAtMs: Date.parse(expires_at) } };
}
