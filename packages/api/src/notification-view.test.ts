import { expect, test } from '@jest/globals';
import { notificationView } from './notification-view.ts';

const bots = [
  { enabled: true },
  { enabled: true, alerts: { receivers: ['shop@example.com'] } },
  { enabled: true, alerts: { receivers: [] } },
  { enabled: false },
];

test('a bot of which nobody is notified counts, unless it is meant so or not watched', () => {
  expect(notificationView('mail', { receivers: [] }, bots).bots_without_receivers).toBe(1);
});

test('with a receiver for all bots none is left without', () => {
  expect(notificationView('file', { receivers: ['ops@example.com'] }, bots)).toEqual({
    channel: 'file',
    receivers: 1,
    bots_without_receivers: 0,
  });
});
