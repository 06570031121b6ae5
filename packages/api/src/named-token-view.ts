/** Creating named tokens, and how they are shown: never again with their text. */

import {
  isTokenExpired,
  type NamedToken,
  ScopeName,
  TokenBots,
  TokenName,
} from '@hookpulse/common/bots/access-token';
import { iso } from '@hookpulse/common/values/iso';
import { MOMENT_FORM, momentMs } from '@hookpulse/common/values/moment';
import Type, { type Static } from 'typebox';
import { ADMIN_TOKEN_NAME, READ_TOKEN_NAME } from './caller.ts';

export const NewTokenSchema = Type.Object(
  {
    name: TokenName,
    scope: ScopeName,
    bots: Type.Optional(
      Type.Union([TokenBots, Type.Null()], {
        description: 'bot_ids the token is for; null or left out: all bots',
      }),
    ),
    expires_at: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: `${MOMENT_FORM}; null or left out: it does not expire`,
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [
      {
        name: 'Grafana',
        scope: 'read',
        bots: ['orders-bot'],
        expires_at: '2026-12-31T00:00:00Z',
      },
    ],
  },
);
export type NewToken = Static<typeof NewTokenSchema>;

export const TokenViewSchema = Type.Object(
  {
    token_id: Type.String({ description: 'a UUID; the audit names it' }),
    name: Type.String(),
    scope: ScopeName,
    bots: Type.Union([Type.Array(Type.String()), Type.Null()], { description: 'null: all bots' }),
    created_at: Type.String({ format: 'date-time' }),
    created_by: Type.String({ description: 'name of the token that created it' }),
    expires_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'null: it does not expire',
    }),
    expired: Type.Boolean(),
    last_used_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'accurate to five minutes; null: never used',
    }),
  },
  {
    examples: [
      {
        token_id: '5f6d3b0e-7d6b-4a53-9c31-0c6f6bb2f7a4',
        name: 'Grafana',
        scope: 'read',
        bots: ['orders-bot'],
        created_at: '2026-02-10T20:00:00.000Z',
        created_by: 'ADMIN_TOKEN',
        expires_at: '2026-12-31T00:00:00.000Z',
        expired: false,
        last_used_at: null,
      },
    ],
  },
);
export type TokenView = Static<typeof TokenViewSchema>;

export const CreatedTokenSchema = Type.Object({
  ...TokenViewSchema.properties,
  token: Type.String({ description: 'shown only once', examples: ['hp_…'] }),
});
export type CreatedToken = Static<typeof CreatedTokenSchema>;

export interface NewTokenFacts {
  readonly tokenId: string;
  /** Name of the token that creates it. */
  readonly createdBy: string;
  readonly nowMs: number;
}

export type NewTokenVerdict =
  | { readonly kind: 'good'; readonly record: NamedToken }
  | { readonly kind: 'bad'; readonly field: string; readonly message: string };

/** @param input - checked by `NewTokenSchema` */
export function newNamedToken(
  { name, scope, bots, expires_at }: NewToken,
  { tokenId, createdBy, nowMs }: NewTokenFacts,
): NewTokenVerdict {
  if (RESERVED_NAMES.has(name.trim().toUpperCase())) {
    return { kind: 'bad', field: 'name', message: `name must not be ${name.trim()}` };
  }
  const expiresAtMs = expires_at ? momentMs(expires_at) : null;
  if (expiresAtMs !== null && expiresAtMs <= nowMs) {
    return { kind: 'bad', field: 'expires_at', message: 'expires_at must be in the future' };
  }
  return {
    kind: 'good',
    record: {
      token_id: tokenId,
      name,
      scope,
      bots: bots ?? null,
      created_at: iso(nowMs),
      created_by: createdBy,
      expires_at: expiresAtMs === null ? null : iso(expiresAtMs),
    },
  };
}

/** The audit would tell these apart by nothing. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([ADMIN_TOKEN_NAME, READ_TOKEN_NAME]);

export function tokenView(
  record: NamedToken,
  lastUsedAtMs: number | null,
  nowMs: number,
): TokenView {
  const { token_id, name, scope, bots, created_at, created_by, expires_at } = record;
  return {
    ...{ token_id, name, scope, bots, created_at, created_by, expires_at },
    expired: isTokenExpired(record, nowMs),
    last_used_at: lastUsedAtMs === null ? null : iso(lastUsedAtMs),
  };
}
