/** A token that is being created: what was chosen, and what is asked for. */

import type { NewToken } from '@hookpulse/api/named-token-view';
import type { Scope } from '@hookpulse/common/bots/access-token';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';

export interface TokenDraft {
  readonly name: string;
  readonly scope: Scope;
  /** Empty: all bots. */
  readonly bots: readonly string[];
  readonly expiry: Expiry;
}

export const EXPIRIES = ['7', '30', '90', '365', 'never'] as const;
/** In so many days. */
export type Expiry = (typeof EXPIRIES)[number];

/** A token that does not expire is one that somebody has to remember. */
export const NEW_TOKEN: TokenDraft = { name: '', scope: 'read', bots: [], expiry: '90' };

export function newTokenBody({ name, scope, bots, expiry }: TokenDraft, nowMs: number): NewToken {
  const expiresAtMs = expiry === 'never' ? null : nowMs + Number(expiry) * DAY_MS;
  return {
    name: name.trim(),
    scope,
    bots: bots.length === 0 ? null : [...bots],
    expires_at: expiresAtMs === null ? null : iso(expiresAtMs),
  };
}
