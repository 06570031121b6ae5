import { expect, test } from '@jest/globals';
import { isOtherPlace } from './address-guard.ts';

test.each([
  ['/bots?edit=shop', '/bots?edit=shop&q=par', false],
  ['/bots?edit=shop', '/bots?edit=parking', true],
  ['/bots?edit=shop&section=alerts', '/bots?edit=shop', true],
  ['/alerts?tab=settings', '/alerts', true],
  ['/alerts?tab=settings', '/events', true],
  ['/alerts?alert=a', '/alerts?alert=b', true],
  ['/events?bot_id=shop', '/events?bot_id=parking', false],
])('from %s to %s: %j', (from, to, isOther) => {
  expect(isOtherPlace(from, to)).toBe(isOther);
});
