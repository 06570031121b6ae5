/** Which saved views are about a bot. */
import { expect, test } from '@jest/globals';
import { isViewOfBot } from './saved-view.ts';

test.each([
  ['/bots/orders', true],
  ['/bots/orders?range=7d', true],
  ['/events?status=failed&bot_id=orders', true],
  ['/bots?edit=orders&section=alerts', true],
  ['/alerts?alert=orders%7Cno_traffic%7C2026-02-10T20%3A00%3A00.000Z', true],
  ['/bots/orders-2', false],
  ['/orders', false],
  ['/events?q=orders', false],
  ['/events?bot_id=orders-2', false],
  ['/', false],
])('%s: %s', (path, isAbout) => {
  expect(isViewOfBot(path, 'orders')).toBe(isAbout);
});
