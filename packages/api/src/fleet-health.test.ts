import { testBot } from '@hookpulse/common/testing/bots';
import { describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import { type BotTraffic, FleetHealthSchema, fleetHealth } from './fleet-health.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00.789Z');
const facts = {
  bots: [],
  traffic: new Map<string, BotTraffic>(),
  earlierEvents: new Map<string, number>(),
  errorRateThreshold: 0.1,
  heardMs: () => null,
  nowMs: NOW_MS,
};

function traffic(received: number, processed: number, failed: number): BotTraffic {
  return {
    requests_received: received,
    requests_processed: processed,
    requests_failed: failed,
    processing: { sumMs: 100, count: 3 },
    lastEventMs: NOW_MS - 1_500,
  };
}

describe('fleetHealth', () => {
  test('lists every bot, judges each, and sums the list', () => {
    const health = fleetHealth({
      ...facts,
      bots: ['bad', 'early', 'fine', 'never', 'weak'].map((id) => testBot(id)),
      traffic: new Map([
        ['bad', traffic(10, 8, 2)],
        ['fine', traffic(100, 99, 0)],
        ['weak', traffic(0, 93, 7)],
        ['disabled', traffic(1_000, 0, 1_000)],
      ]),
      earlierEvents: new Map([['early', NOW_MS - 3_600_000]]),
    });

    expect(health).toMatchObject({
      status: 'healthy',
      timestamp: '2026-02-10T20:00:00Z',
      summary: {
        webhook_bots_count: 5,
        total_events_last_15min: 210,
        total_errors_last_15min: 9,
        overall_error_rate: '4.3%',
      },
    });
    expect(health.bots.map((bot) => [bot.bot_id, bot.status, bot.error_rate])).toEqual([
      ['bad', 'unhealthy', '20.0%'],
      ['early', 'no_traffic', '0.0%'],
      ['fine', 'healthy', '0.0%'],
      ['never', 'awaiting_first_delivery', '0.0%'],
      ['weak', 'degraded', '7.0%'],
    ]);
    expect(health.bots[0]).toEqual({
      bot_id: 'bad',
      bot_name: 'Bot bad',
      status: 'unhealthy',
      events_last_15min: 10,
      errors_last_15min: 2,
      error_rate: '20.0%',
      avg_processing_time_ms: 33.333,
      last_event_at: '2026-02-10T19:59:59Z',
    });
    expect(health.bots[1]).toMatchObject({
      events_last_15min: 0,
      errors_last_15min: 0,
      avg_processing_time_ms: null,
      last_event_at: '2026-02-10T19:00:00Z',
    });
    expect(health.bots[3]?.last_event_at).toBeNull();
    expect(Value.Check(FleetHealthSchema, health)).toBe(true);
  });

  test('is the example of the contract: 2 errors in 150 events are 1.3%', () => {
    const health = fleetHealth({
      ...facts,
      bots: [testBot('a'), testBot('b')],
      traffic: new Map([
        ['a', traffic(100, 98, 2)],
        ['b', traffic(50, 50, 0)],
      ]),
    });
    expect(health.summary).toMatchObject({
      total_events_last_15min: 150,
      total_errors_last_15min: 2,
      overall_error_rate: '1.3%',
    });
  });

  test('sums events bot by bot, not side by side', () => {
    const health = fleetHealth({
      ...facts,
      bots: [testBot('a'), testBot('b')],
      traffic: new Map([
        ['a', traffic(10, 0, 0)],
        ['b', traffic(0, 10, 0)],
      ]),
    });
    expect(health.summary.total_events_last_15min).toBe(20);
  });

  test.each([
    [10, 'degraded'],
    [11, 'unhealthy'],
    [5, 'healthy'],
    [6, 'degraded'],
  ])('of 100 events with %i errors is %s as a whole and for the bot', (errors, status) => {
    const health = fleetHealth({
      ...facts,
      bots: [testBot('a')],
      traffic: new Map([['a', traffic(100, 100 - errors, errors)]]),
    });
    expect(health.status).toBe(status);
    expect(health.bots[0]?.status).toBe(status);
  });

  test('without bots is no_traffic', () => {
    expect(fleetHealth(facts)).toMatchObject({
      status: 'no_traffic',
      summary: { webhook_bots_count: 0, overall_error_rate: '0.0%' },
      bots: [],
    });
  });
});
