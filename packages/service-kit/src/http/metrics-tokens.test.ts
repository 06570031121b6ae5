import { expect, test } from '@jest/globals';
import { mayReadMetrics, metricsTokens } from './metrics-tokens.ts';

const NAMED: Readonly<Record<string, { readonly bots: readonly string[] | null }>> = {
  hp_all: { bots: null },
  hp_some: { bots: ['a'] },
};
const named = { use: (token: string) => NAMED[token] ?? null };

test.each([
  ['nobody', undefined, false],
  ['the read token', 'Bearer reads', true],
  ['the admin token', 'Bearer administers', true],
  ['a wrong token', 'Bearer wrong', false],
  ['a named token', 'Bearer hp_all', true],
  ['a named token for some bots', 'Bearer hp_some', false],
  ['a named token that was revoked', 'Bearer hp_none', false],
])('with a read token set, the metrics for %s: %s', (_name, authorization, isRead) => {
  const tokens = metricsTokens({ admin: 'administers', read: 'reads' });
  expect(mayReadMetrics(tokens, named, { authorization, nowMs: 0 })).toBe(isRead);
  const open = metricsTokens({ admin: 'administers', read: null });
  expect(mayReadMetrics(open, named, { authorization, nowMs: 0 })).toBe(true);
});
