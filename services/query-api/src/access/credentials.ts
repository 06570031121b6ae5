/** Who asks: by the bearer token or the session cookie of a request. */
import { bearerToken } from '@hookpulse/common/http/bearer';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { matchesSha256, sha256Hex } from '@hookpulse/common/runtime/secrets';
import type { FastifyRequest } from 'fastify';
import type { SessionAccess } from '../domain/session.ts';
import { sealedSessionOf } from './session-cookie.ts';
import type { SessionSeal } from './session-seal.ts';

/** Null: no such token, so nobody can show it. */
export interface Tokens {
  readonly admin: string | null;
  readonly read: string | null;
  /** Without a read token, names under which the open routes may be asked for; default: any. */
  readonly openTo?: readonly string[] | null | undefined;
}

/** Somebody who has shown a token, now or when a session began. */
export type Identity =
  | { readonly via: 'token'; readonly access: SessionAccess }
  | {
      readonly via: 'session';
      readonly access: SessionAccess;
      readonly sessionId: string;
      /** Milliseconds since the epoch. */
      readonly expiresAtMs: number;
    };

export interface Credentials {
  /** Null: nothing was shown, or nothing that holds. Who shows a token is judged by it alone. */
  identify(request: FastifyRequest): Identity | null;
  /** What a token gives; null: it is none of ours. Compared in constant time. */
  accessOf(token: string): SessionAccess | null;
}

/** Whether a token or a session is shown, one that holds or not. */
export function showsCredential({ headers }: FastifyRequest): boolean {
  return headers.authorization !== undefined || sealedSessionOf(headers.cookie) !== null;
}

export function createCredentials(tokens: Tokens, seal: SessionSeal, clock: Clock): Credentials {
  const adminSha256 = tokens.admin === null ? null : sha256Hex(tokens.admin);
  const readSha256 = tokens.read === null ? null : sha256Hex(tokens.read);
  return {
    identify({ headers }) {
      if (headers.authorization !== undefined) {
        const token = bearerToken(headers.authorization);
        const access = token === null ? null : accessOf(token);
        return access && { via: 'token', access };
      }
      const sealed = sealedSessionOf(headers.cookie);
      const session = sealed === null ? null : seal.open(sealed, clock.now());
      return (
        session && {
          via: 'session',
          access: session.access,
          sessionId: session.session_id,
          expiresAtMs: session.expires_at_ms,
        }
      );
    },
    accessOf,
  };

  function accessOf(token: string): SessionAccess | null {
    if (adminSha256 !== null && matchesSha256(token, adminSha256)) return 'admin';
    if (readSha256 !== null && matchesSha256(token, readSha256)) return 'read';
    return null;
  }
}
