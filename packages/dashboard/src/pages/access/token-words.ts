/** What scopes are called, and what they allow. */

import type { TokenView } from '@hookpulse/api/named-token-view';
import { SCOPES, type Scope } from '@hookpulse/common/bots/access-token';

const SCOPE_TITLES: Readonly<Record<Scope, string>> = {
  read: 'Read',
  write: 'Write',
  admin: 'Admin',
};
export const SCOPE_OPTIONS = SCOPES.map((value) => ({ value, title: SCOPE_TITLES[value] }));

export const SCOPE_MEANINGS: Readonly<Record<Scope, string>> = {
  read: 'Sees everything except the audit and tokens.',
  write: 'Also changes bots, silences and alert settings.',
  admin: 'Also manages tokens and sessions, reads the audit, erases, cleans up and rebuilds.',
};

export function scopeTitle(scope: Scope): string {
  return SCOPE_TITLES[scope];
}

/** `All bots`, `Orders`, `3 bots`. @param names - of bots, by their ids */
export function botsText({ bots }: TokenView, names: ReadonlyMap<string, string>): string {
  if (bots === null) return 'All bots';
  const [only = '', ...others] = bots;
  return others.length === 0 ? (names.get(only) ?? only) : `${bots.length} bots`;
}
