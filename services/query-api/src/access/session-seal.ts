/**
 * Sessions as cookies hold them: readable by everybody, made by us only. The signing key of a session
 * follows from the token it was made with, so that
 * - it holds over restarts and on every instance that has the same tokens, with nothing stored;
 * - a changed token ends the sessions that were made with it;
 * - the token is not in it, and guessing a weak one from a stolen cookie costs a scrypt each.
 */
import { createHmac, scryptSync, timingSafeEqual } from 'node:crypto';
import { parseJson } from '@hookpulse/common/log/json-value';
import { Compile } from 'typebox/compile';
import { isExpired, type Session, type SessionAccess, SessionSchema } from '../domain/session.ts';

export interface SessionSeal {
  /** @throws Error when no such token is set, so that nobody can have shown it. */
  seal(session: Session): string;
  /** The session; null when it is none, was not made with a token of now, or has expired. */
  open(sealed: string, nowMs: number): Session | null;
}

/** Null: not set. */
export type SessionTokens = Readonly<Record<SessionAccess, string | null>>;

const SALT = 'hookpulse session v1';
const KEY_BYTES = 32;
/** What a cookie may be: far longer than ours, far shorter than what would be work to check. */
const MAX_SEALED_LENGTH = 1_024;

const sessionValidator = Compile(SessionSchema);

export function createSessionSeal(tokens: SessionTokens): SessionSeal {
  const keys = new Map<SessionAccess, Buffer>();
  return {
    seal(session) {
      const payload = Buffer.from(JSON.stringify(session)).toString('base64url');
      const signature = sign(payload, session.access);
      if (signature === null) throw new Error(`there is no ${session.access} token`);
      return `${payload}.${signature.toString('base64url')}`;
    },
    open(sealed, nowMs) {
      const [payload = '', signature = '', ...rest] = sealed.split('.');
      if (sealed.length > MAX_SEALED_LENGTH || rest.length > 0) return null;
      const session = parseJson(Buffer.from(payload, 'base64url'));
      if (!sessionValidator.Check(session)) return null;
      const expected = sign(payload, session.access);
      const presented = Buffer.from(signature, 'base64url');
      if (expected === null || presented.length !== expected.length) return null;
      if (!timingSafeEqual(presented, expected) || isExpired(session, nowMs)) return null;
      return session;
    },
  };

  function sign(payload: string, access: SessionAccess): Buffer | null {
    const key = keyOf(access);
    return key && createHmac('sha256', key).update(payload).digest();
  }

  /** Made when it is first needed: it costs some 50 ms, once in the life of a process. */
  function keyOf(access: SessionAccess): Buffer | null {
    const token = tokens[access];
    if (token === null) return null;
    const known = keys.get(access);
    if (known) return known;
    const key = scryptSync(token, `${SALT} ${access}`, KEY_BYTES);
    keys.set(access, key);
    return key;
  }
}
