/** A browser's session: what it says, and for how long it is believed. */
import Type, { type Static } from 'typebox';

export const SessionSchema = Type.Object({
  /** Random; by it the audit tells one browser from another. */
  session_id: Type.String({ minLength: 1, maxLength: 64 }),
  access: Type.Enum(['admin', 'read']),
  /** Milliseconds since the epoch. */
  expires_at_ms: Type.Integer(),
});
export type Session = Static<typeof SessionSchema>;
export type SessionAccess = Session['access'];

const HOUR_MS = 3_600_000;

/** A working day for who can change things; a month for a dashboard on a wall. */
export const SESSION_LIFETIME_MS: Readonly<Record<SessionAccess, number>> = {
  admin: 12 * HOUR_MS,
  read: 30 * 24 * HOUR_MS,
};

export function newSession(access: SessionAccess, sessionId: string, nowMs: number): Session {
  return {
    session_id: sessionId,
    access,
    expires_at_ms: nowMs + SESSION_LIFETIME_MS[access],
  };
}

export function isExpired({ expires_at_ms }: Session, nowMs: number): boolean {
  return expires_at_ms <= nowMs;
}

const AccessName = Type.Enum(['admin', 'read'], {
  description: 'admin: may change things; read: may look',
});
const ExpiresAt = Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
  description: 'when one has to sign in again; null: asked with a token, which does not expire',
});

export const SessionViewSchema = Type.Object(
  { access: AccessName, expires_at: ExpiresAt },
  { examples: [{ access: 'admin', expires_at: '2026-02-11T08:00:00.000Z' }] },
);

/** Who has shown nothing is told what there is to see all the same. */
export const WhoSchema = Type.Object(
  {
    access: Type.Enum(['admin', 'read', 'none'], {
      description: 'admin: may change things; read: may look; none: has not signed in',
    }),
    expires_at: ExpiresAt,
    reads_health: Type.Boolean({ description: 'whether the health routes answer' }),
  },
  {
    examples: [{ access: 'read', expires_at: '2026-03-12T20:00:00.000Z', reads_health: true }],
  },
);
export type Who = Static<typeof WhoSchema>;
