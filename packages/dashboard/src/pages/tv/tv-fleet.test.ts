/** The headline of the TV view. */
import type { HealthStatus } from '@hookpulse/common/windows/health-status';
import { expect, test } from '@jest/globals';
import type { FleetBot } from '../fleet/fleet-columns.tsx';
import { headlineOf, troubledBots } from './tv-fleet.ts';

const bots = (...statuses: HealthStatus[]) => statuses.map((status) => ({ status }));

test.each([
  [bots('healthy', 'unhealthy', 'degraded'), '2', 'bad', '1 unhealthy', '1 of 3 healthy'],
  [bots('healthy', 'degraded', 'no_traffic'), '0', 'warn', '1 degraded', '1 of 3 healthy'],
  [bots('no_traffic', 'healthy'), '0', 'idle', '1 without traffic', '1 of 2 healthy'],
  [bots('healthy', 'degraded'), '1', 'bad', '1 alert is firing', '1 of 2 healthy'],
  [bots('healthy'), '2', 'bad', '2 alerts are firing', '1 of 1 healthy'],
  [bots('healthy'), '99+', 'bad', '99+ alerts are firing', '1 of 1 healthy'],
  [bots('healthy', 'awaiting_first_delivery'), '0', 'good', 'All is well', '1 of 2 healthy'],
  [bots('healthy'), null, 'good', 'No bot in trouble', '1 of 1 healthy'],
  [
    bots('awaiting_first_delivery'),
    '0',
    'idle',
    'Waiting for the first delivery',
    '0 of 1 healthy',
  ],
  [bots(), '0', 'idle', 'No bots are enabled', ''],
])('%j, %s alerts', (given, firing, tone, text, healthy) => {
  expect(headlineOf(given, firing)).toEqual({ tone, text, healthy });
});

test('the worst is first, and bots that are well are left out', () => {
  const bot = (bot_id: string, status: HealthStatus, error_rate = '0.0%'): FleetBot => ({
    ...{
      bot_id,
      bot_name: bot_id,
      status,
      error_rate,
      last_event_at: null,
      avg_processing_time_ms: null,
    },
    ...{ events_last_15min: 10, errors_last_15min: 0 },
  });
  const given = [
    bot('fine', 'healthy'),
    bot('silent', 'no_traffic'),
    bot('bad', 'unhealthy', '20.0%'),
    bot('waiting', 'awaiting_first_delivery'),
    bot('worse', 'unhealthy', '90.0%'),
  ];
  expect(troubledBots(given).map(({ bot_id }) => bot_id)).toEqual(['worse', 'bad', 'silent']);
});
