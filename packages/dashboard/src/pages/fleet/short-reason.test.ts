import { expect, test } from '@jest/globals';
import { shortReason } from './short-reason.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

test.each([
  ['healthy', ''],
  ['degraded', '7 of 100 failed'],
  ['unhealthy', '7 of 100 failed'],
  ['no_traffic', 'Silent for 2 h'],
  ['awaiting_first_delivery', 'No delivery yet'],
] as const)('%s: %j', (status, reason) => {
  const bot = {
    status,
    errors_last_15min: 7,
    events_last_15min: 100,
    last_event_at: '2026-02-10T17:55:00Z',
  };
  expect(shortReason(bot, NOW_MS)).toBe(reason);
});
