import type { Scope } from '@hookpulse/common/bots/access-token';
import { expect, test } from '@jest/globals';
import {
  type AccessVerdict,
  type BotAccess,
  type BotVerdict,
  judgeAccess,
  judgeBots,
  type RouteAccess,
} from './access.ts';

const G = 'granted';
const U = 'unauthorized';
const F = 'forbidden';

/** By access, the verdicts for nobody and for the scopes read, write and admin. */
const TABLE: readonly [RouteAccess, ...AccessVerdict[]][] = [
  ['public', G, G, G, G],
  ['open', U, G, G, G],
  ['read', U, G, G, G],
  ['write', U, F, G, G],
  ['admin', U, F, F, G],
];
const SCOPES: readonly (Scope | null)[] = [null, 'read', 'write', 'admin'];

test.each(TABLE)('%s: nobody %s, read %s, write %s, admin %s', (access, ...verdicts) => {
  expect(SCOPES.map((scope) => judgeAccess(access, scope, true))).toEqual(verdicts);
  const withoutReadToken = access === 'open' ? [G, G, G, G] : verdicts;
  expect(SCOPES.map((scope) => judgeAccess(access, scope, false))).toEqual(withoutReadToken);
});

/** By what the route says, bot in the path and in the query: the verdict for a token for bot a. */
const BOTS: readonly [BotAccess | undefined, string | undefined, string | undefined, BotVerdict][] =
  [
    ['any', undefined, undefined, 'granted'],
    ['filtered', undefined, undefined, 'granted'],
    ['filtered', undefined, 'a', 'granted'],
    ['filtered', undefined, 'b', 'other-bot'],
    [undefined, 'a', undefined, 'granted'],
    [undefined, 'a', 'b', 'granted'],
    [undefined, 'b', undefined, 'unknown'],
    [undefined, 'b', 'a', 'unknown'],
    [undefined, undefined, undefined, 'all-bots'],
    [undefined, undefined, 'a', 'all-bots'],
  ];

test.each(BOTS)('%s, path %s, query %s: %s', (access, inPath, inQuery, verdict) => {
  expect(judgeBots(new Set(['a']), { access, inPath, inQuery })).toBe(verdict);
  expect(judgeBots(null, { access, inPath, inQuery })).toBe('granted');
});
