/** Named tokens: what each may do, for which bots and until when (decision 0025). */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { BotId, Nullable } from '../events/webhook-event.ts';

/** What a token allows, each more than the one before. */
export const SCOPES = ['read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export const ScopeName = Type.Enum(SCOPES, {
  description:
    'read: sees everything but the audit, tokens and other sessions; write: also changes bots, silences and alert settings; admin: also tokens, sessions, the audit, erasing, cleanup and rebuilds',
});

/** Begins every token, so that people and secret scanners recognise one. */
export const TOKEN_PREFIX = 'hp_';

const MAX_NAME_LENGTH = 100;
const MAX_BOTS = 1_000;

export const TokenName = Type.String({
  minLength: 1,
  maxLength: MAX_NAME_LENGTH,
  pattern: '^[^\\p{C}\\p{Zl}\\p{Zp}]*$',
  description: `1 to ${MAX_NAME_LENGTH} characters, without invisible characters`,
});

export const TokenBots = Type.Array(BotId, {
  minItems: 1,
  maxItems: MAX_BOTS,
  uniqueItems: true,
  description: `1 to ${MAX_BOTS} bot_ids`,
});

/** As it stands on `webhook.tokens`, under the token's SHA-256. */
export const NamedTokenSchema = Type.Object({
  token_id: Type.String({ minLength: 1, maxLength: 64 }),
  name: TokenName,
  scope: Type.Enum(SCOPES),
  /** Null: all bots. */
  bots: Nullable(TokenBots),
  created_at: Type.String({ format: 'date-time' }),
  /** Name of the token that created it. */
  created_by: Type.String(),
  /** From then on it is refused; null: it does not expire. */
  expires_at: Nullable(Type.String({ format: 'date-time' })),
});
export type NamedToken = Static<typeof NamedTokenSchema>;

export const namedTokenValidator = Compile(NamedTokenSchema);

export function isTokenExpired({ expires_at }: NamedToken, nowMs: number): boolean {
  return expires_at !== null && Date.parse(expires_at) <= nowMs;
}

/** Whether a scope includes another: `admin` includes `write`, which includes `read`. */
export function includesScope(scope: Scope, wanted: Scope): boolean {
  return SCOPES.indexOf(scope) >= SCOPES.indexOf(wanted);
}
