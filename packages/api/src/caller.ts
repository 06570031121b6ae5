/** Somebody who has shown a token, now or when a session began. */
import { SCOPES, type Scope } from '@hookpulse/common/bots/access-token';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import Type, { type Static } from 'typebox';
import type { VisibleBots } from './access.ts';

/** Which token it is; `token_id` null: the one of the environment with this name. */
export const TokenRefSchema = Type.Object({
  token_id: Nullable(Type.String()),
  name: Type.String(),
});
export type TokenRef = Static<typeof TokenRefSchema>;

/** What a token gives. */
export interface Grant {
  readonly access: Scope;
  readonly bots: VisibleBots;
  readonly token: TokenRef;
  /** When the token expires, milliseconds since the epoch; null: it does not. */
  readonly tokenExpiresAtMs: number | null;
}

export interface CallerSession {
  readonly sessionId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

export interface Caller extends Grant {
  readonly via: 'token' | 'session';
  /** Null: via a token. */
  readonly session: CallerSession | null;
}

export const ADMIN_TOKEN_NAME = 'ADMIN_TOKEN';
export const READ_TOKEN_NAME = 'READ_TOKEN';

/** Tells tokens apart, for limits that count by token. */
export function tokenKey({ token_id, name }: TokenRef): string {
  return token_id ?? name;
}

export const AccessName = Type.Enum(SCOPES);
