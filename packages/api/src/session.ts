/** A browser's session: what is kept of it, and for how long it holds (decision 0025). */

import type { Scope } from '@hookpulse/common/bots/access-token';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { AccessName, TokenRefSchema } from './caller.ts';

/**
 * The token a session was made with. A named one is known by its id. `ADMIN_TOKEN` and `READ_TOKEN`
 * are represented by a key that is expensive to compute, so that another value ends the session and
 * the topic does not help to guess them.
 */
const SessionOriginSchema = Type.Object({
  token_id: Nullable(Type.String()),
  name: Type.String(),
  /** Hexadecimal; null for a named token. */
  token_key: Nullable(Type.String()),
});
export type SessionOrigin = Static<typeof SessionOriginSchema>;

/** As it stands on `webhook.sessions`, under the SHA-256 of what the cookie holds. */
const SessionSchema = Type.Object({
  /** Random; by it sessions are told apart in lists and in the audit. */
  session_id: Type.String({ minLength: 1, maxLength: 64 }),
  origin: SessionOriginSchema,
  created_at: Type.String({ format: 'date-time' }),
  expires_at: Type.String({ format: 'date-time' }),
  /** Where it was begun; null: not known. */
  address: Nullable(Type.String()),
  user_agent: Nullable(Type.String()),
});
export type Session = Static<typeof SessionSchema>;

export const sessionValidator = Compile(SessionSchema);

interface SessionLife {
  /** It ends then, whatever happens. */
  readonly lifetimeMs: number;
  /** A session ends when it was not used for this long. */
  readonly idleMs: number;
}

/**
 * A working day and a long meeting for sessions that can change things; a month and a week for a
 * wall display.
 */
const WRITING: SessionLife = { lifetimeMs: 12 * HOUR_MS, idleMs: 2 * HOUR_MS };
const READING: SessionLife = { lifetimeMs: 30 * DAY_MS, idleMs: 7 * DAY_MS };
export const SESSION_LIFE: Readonly<Record<Scope, SessionLife>> = {
  admin: WRITING,
  write: WRITING,
  read: READING,
};

const MAX_USER_AGENT_LENGTH = 200;

export interface NewSession {
  readonly sessionId: string;
  readonly origin: SessionOrigin;
  readonly access: Scope;
  /** A session does not outlive its token; null: that does not expire. */
  readonly tokenExpiresAtMs: number | null;
  readonly address: string | null;
  readonly userAgent: string | undefined;
}

export function newSession(
  { sessionId, origin, access, tokenExpiresAtMs, address, userAgent }: NewSession,
  nowMs: number,
): Session {
  const endMs = nowMs + SESSION_LIFE[access].lifetimeMs;
  return {
    session_id: sessionId,
    origin,
    created_at: iso(nowMs),
    expires_at: new Date(Math.min(endMs, tokenExpiresAtMs ?? endMs)).toISOString(),
    address,
    user_agent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
  };
}

/** A session with what its topic says of its use. */
export interface UsedSession {
  readonly session: Session;
  /** Milliseconds since the epoch; null: not since it began. */
  readonly lastUsedAtMs: number | null;
}

/** When it ends if nothing more is asked with it, milliseconds since the epoch. */
export function idleEndMs({ session, lastUsedAtMs }: UsedSession, access: Scope): number {
  const usedAtMs = Math.max(lastUsedAtMs ?? 0, Date.parse(session.created_at));
  return Math.min(usedAtMs + SESSION_LIFE[access].idleMs, Date.parse(session.expires_at));
}

/** Nobody can use it again, whatever its token gives: it may be forgotten. */
export function isOver({ expires_at }: Session, nowMs: number): boolean {
  return Date.parse(expires_at) <= nowMs;
}

const ExpiresAt = Nullable(
  Type.String({
    format: 'date-time',
    description: 'when the session ends at the latest',
  }),
);

export const SessionViewSchema = Type.Object(
  { access: AccessName, expires_at: ExpiresAt },
  { examples: [{ access: 'admin', expires_at: '2026-02-11T08:00:00.000Z' }] },
);

/** A caller without credentials is told what it can see all the same. */
export const WhoSchema = Type.Object(
  {
    access: Type.Enum(['admin', 'write', 'read', 'none'], {
      description: 'scope of the token; none: not signed in',
    }),
    expires_at: ExpiresAt,
    reads_health: Type.Boolean({ description: 'whether the caller may read the health routes' }),
    token: Nullable(TokenRefSchema),
    bots: Nullable(Type.Array(Type.String(), { description: 'null: all bots' })),
    session_id: Nullable(Type.String({ description: 'null: authenticated by a token' })),
  },
  {
    examples: [
      {
        access: 'read',
        expires_at: '2026-03-12T20:00:00.000Z',
        reads_health: true,
        token: { token_id: null, name: 'READ_TOKEN' },
        bots: null,
        session_id: '0b9cf6a5-3ad6-4f6c-9d0e-0a4f0b8e7c11',
      },
    ],
  },
);
export type Who = Static<typeof WhoSchema>;

export const ListedSessionSchema = Type.Object({
  session_id: Type.String(),
  access: AccessName,
  token: TokenRefSchema,
  created_at: Type.String({ format: 'date-time' }),
  last_used_at: Type.String({ format: 'date-time', description: 'accurate to five minutes' }),
  idle_ends_at: Type.String({
    format: 'date-time',
    description: 'when it ends unless it is used again',
  }),
  expires_at: Type.String({ format: 'date-time', description: 'when it ends at the latest' }),
  address: Nullable(Type.String({ description: 'client address at sign-in' })),
  user_agent: Nullable(Type.String()),
  current: Type.Boolean({ description: 'true for the session of this request' }),
});
export type ListedSession = Static<typeof ListedSessionSchema>;

export function listedSession(
  used: UsedSession,
  access: Scope,
  currentId: string | null,
): ListedSession {
  const { session, lastUsedAtMs } = used;
  const { session_id, origin, created_at, expires_at, address, user_agent } = session;
  return {
    session_id,
    access,
    token: { token_id: origin.token_id, name: origin.name },
    created_at,
    last_used_at: lastUsedAtMs === null ? created_at : iso(lastUsedAtMs),
    idle_ends_at: new Date(idleEndMs(used, access)).toISOString(),
    expires_at,
    address,
    user_agent,
    current: session_id === currentId,
  };
}
