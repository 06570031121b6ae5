import { expect, test } from '@jest/globals';
import { type AccessVerdict, type Caller, judgeAccess, type RouteAccess } from './access.ts';

const G = 'granted';
const U = 'unauthorized';
const F = 'forbidden';

/** By access, caller, and the verdicts without and with a read token set. */
const TABLE: readonly [RouteAccess, Caller, AccessVerdict, AccessVerdict][] = [
  ['public', 'nobody', G, G],
  ['public', 'read', G, G],
  ['public', 'admin', G, G],
  ['open', 'nobody', G, U],
  ['open', 'read', G, G],
  ['open', 'admin', G, G],
  ['read', 'nobody', U, U],
  ['read', 'read', G, G],
  ['read', 'admin', G, G],
  ['write', 'nobody', U, U],
  ['write', 'read', F, F],
  ['write', 'admin', G, G],
];

test.each(TABLE)('%s for %s: %s, with a read token %s', (access, caller, without, withToken) => {
  expect(judgeAccess(access, caller, false)).toBe(without);
  expect(judgeAccess(access, caller, true)).toBe(withToken);
});
