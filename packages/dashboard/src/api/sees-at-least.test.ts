import type { Who } from '@hookpulse/api/session';
import { expect, test } from '@jest/globals';
import { seesAtLeast } from './sees-at-least.ts';

const who = (access: Who['access'], bots: string[] | null = null): Who => ({
  access,
  bots,
  expires_at: null,
  token: null,
  session_id: null,
  reads_health: true,
});

test.each<[string, Who, Who | null, boolean]>([
  ['the first who looks', who('none'), null, true],
  ['a token of one bot after nobody', who('read', ['shop']), who('none'), true],
  ['nobody after nobody', who('none'), who('none'), true],
  ['nobody after a reader', who('none'), who('read'), false],
  ['a reader after an admin', who('read'), who('admin'), false],
  ['an admin after a reader', who('admin'), who('read'), true],
  ['a token of one bot after one of all', who('read', ['shop']), who('read'), false],
  ['a token of all bots after one of one', who('read'), who('read', ['shop']), true],
  ['one of more bots', who('read', ['shop', 'cafe']), who('read', ['shop']), true],
  ['one of other bots', who('read', ['cafe']), who('read', ['shop']), false],
])('%s', (_, now, before, expected) => {
  expect(seesAtLeast(now, before)).toBe(expected);
});
