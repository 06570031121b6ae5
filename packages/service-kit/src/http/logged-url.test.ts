/** The part of a URL that is logged. */
import { expect, test } from '@jest/globals';
import { loggedUrl } from './logged-url.ts';

test.each([
  ['/status/orders?key=abc-DEF_1', '/status/orders?key=***'],
  ['/status/orders?a=1&key=abc&b=2', '/status/orders?a=1&key=***&b=2'],
  ['/api/events?bot_id=key', '/api/events?bot_id=key'],
])('%s is logged as %s', (url, logged) => {
  expect(loggedUrl(url)).toBe(logged);
});

test('a long one is cut', () => {
  expect(loggedUrl(`/${'a'.repeat(1_000)}`)).toHaveLength(256);
});
