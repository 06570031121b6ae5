/** Who may do what (contract, section 6; decision 0025). */
import { includesScope, type Scope } from '@hookpulse/common/bots/access-token';

/** What a route asks of its caller. `open`: nothing, unless a read token is set. */
export type RouteAccess = 'public' | 'open' | Scope;

/** `unauthorized`: show a token first. `forbidden`: this token does not do that. */
export type AccessVerdict = 'granted' | 'unauthorized' | 'forbidden';

/**
 * @param scope - of the caller's token; null: the caller has shown none
 * @param hasReadToken - whether a read token is set, which also closes the open routes
 */
export function judgeAccess(
  access: RouteAccess,
  scope: Scope | null,
  hasReadToken: boolean,
): AccessVerdict {
  if (access === 'public' || (access === 'open' && !hasReadToken)) return 'granted';
  if (scope === null) return 'unauthorized';
  return access === 'open' || includesScope(scope, access) ? 'granted' : 'forbidden';
}

/**
 * How a route deals with tokens for some bots only.
 * - `any`: it tells nothing of bots, so such a token is as good as any.
 * - `filtered`: it answers by itself for these bots only.
 * - Not said: by the `bot_id` of its path; without one such tokens are refused.
 */
export type BotAccess = 'any' | 'filtered';

/** The bots that a caller may see; null: all. */
export type VisibleBots = ReadonlySet<string> | null;

/** What a request names. */
export interface NamedBots {
  readonly access: BotAccess | undefined;
  /** Of the path; undefined: it has none. */
  readonly inPath: string | undefined;
  /** Of the query; undefined: it has none. */
  readonly inQuery: string | undefined;
}

/** `unknown`: for this caller there is no such bot. */
export type BotVerdict = 'granted' | 'unknown' | 'other-bot' | 'all-bots';

export function judgeBots(bots: VisibleBots, { access, inPath, inQuery }: NamedBots): BotVerdict {
  if (bots === null || access === 'any') return 'granted';
  if (inPath !== undefined) return bots.has(inPath) ? 'granted' : 'unknown';
  if (access !== 'filtered') return 'all-bots';
  return inQuery === undefined || bots.has(inQuery) ? 'granted' : 'other-bot';
}

export function isVisible(bots: VisibleBots, botId: string): boolean {
  return bots === null || bots.has(botId);
}
