import { testBot } from '@hookpulse/common/testing/bots';
import { emptyWindow, type Window } from '@hookpulse/common/windows/window';
import { describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import { BotHealthSchema, botHealth } from './bot-health.ts';

const NOW_MS = Date.parse('2026-02-10T00:30:00Z');
const facts = {
  bot: testBot('a'),
  hours: [],
  slices: [],
  hadValidDelivery: true,
  heardMs: NOW_MS - 7 * 86_400_000,
  alerts: [],
  clockDifferenceMs: null,
  forwarding: null,
  errorRateThreshold: 0.1,
  nowMs: NOW_MS,
};

function windowOf(received: number, failed: number, latencies: readonly number[] = []): Window {
  const window = emptyWindow();
  window.counters.requests_received = received;
  window.counters.requests_failed = failed;
  for (const ms of latencies) window.latency.add(ms);
  return window;
}

function at(time: string, window: Window) {
  return { startMs: Date.parse(time), window };
}

describe('botHealth', () => {
  test('merges the parts of an hour and of the last 15 minutes, digests included', () => {
    const health = botHealth({
      ...facts,
      hours: [
        at('2026-02-10T00:00:00Z', windowOf(3, 0, [10, 20])),
        at('2026-02-10T00:00:00Z', windowOf(4, 1, [30])),
        at('2026-02-09T22:00:00Z', windowOf(5, 0)),
      ],
      slices: [
        at('2026-02-10T00:20:00Z', windowOf(8, 1, [1, 2])),
        at('2026-02-10T00:20:10Z', windowOf(12, 1, [3])),
      ],
    });

    expect(health).toMatchObject({
      bot_id: 'a',
      bot_name: 'Bot a',
      delivery_mode: 'webhook',
      timestamp: '2026-02-10T00:30:00Z',
      status: 'degraded',
      current_hour: { events: 7, errors: 1, p50_processing_time_ms: 20 },
      last_15_minutes: { events: 20, errors: 2, error_rate: '10.0%', p50_processing_time_ms: 2 },
      alerts: [],
      webhook_registered: true,
    });
    expect(health.hourly).toMatchObject([
      { date: '2026-02-10', hour: 0, events: 7, error_rate: '14.3%', p99_processing_time_ms: 30 },
      { date: '2026-02-09', hour: 22, events: 5, error_rate: '0.0%', p99_processing_time_ms: null },
    ]);
    expect(Value.Check(BotHealthSchema, health)).toBe(true);
  });

  test('of a bot without any event has everything at nothing', () => {
    const health = botHealth({ ...facts, hadValidDelivery: false, heardMs: null });
    expect(health).toMatchObject({
      status: 'awaiting_first_delivery',
      current_hour: { events: 0, error_rate: '0.0%' },
      last_15_minutes: { events: 0, avg_processing_time_ms: null },
      hourly: [],
      webhook_registered: false,
    });
    expect(Value.Check(BotHealthSchema, health)).toBe(true);
  });

  test('says that a bot takes no updates, however few of them count as errors', () => {
    const forwarding = {
      bot_id: 'a',
      state: 'failing' as const,
      backlog: 150,
      oldest_age_seconds: 900.4,
      in_flight: 1,
      next_attempt_at: null,
      last_failure: null,
    };
    const health = botHealth({ ...facts, forwarding });
    expect(health.warnings).toEqual([
      {
        kind: 'forwarding_failing',
        seconds: 900,
        message: expect.stringContaining('takes no updates, and 150 updates wait'),
      },
    ]);
    expect(Value.Check(BotHealthSchema, health)).toBe(true);
    for (const state of ['delivering', 'paused'] as const) {
      expect(botHealth({ ...facts, forwarding: { ...forwarding, state } }).warnings).toEqual([]);
    }
  });

  test('of a disabled bot is not registered, whatever was delivered before', () => {
    const bot = testBot('a', { enabled: false });
    expect(botHealth({ ...facts, bot }).webhook_registered).toBe(false);
  });

  test('judges by the last 15 minutes alone', () => {
    const hours = [at('2026-02-10T00:00:00Z', windowOf(10, 10))];
    const slices = [at('2026-02-10T00:20:00Z', windowOf(10, 0))];
    expect(botHealth({ ...facts, hours, slices }).status).toBe('healthy');
    expect(botHealth({ ...facts, hours }).status).toBe('no_traffic');
  });

  test('waits for a first delivery since it was added or enabled, and is silent after that', () => {
    const statusOf = (enabled_at: string, lastEventAt: string | null) => {
      const window = emptyWindow();
      window.lastEventMs = lastEventAt === null ? null : Date.parse(lastEventAt);
      const hours = lastEventAt === null ? [] : [at('2026-02-09T22:00:00Z', window)];
      return botHealth({ ...facts, bot: testBot('a', { enabled_at }), hours, heardMs: null })
        .status;
    };
    expect(statusOf('2026-02-09T00:00:00Z', null)).toBe('awaiting_first_delivery');
    expect(statusOf('2026-02-09T00:00:00Z', '2026-02-09T22:10:00Z')).toBe('no_traffic');
    expect(statusOf('2026-02-09T23:00:00Z', '2026-02-09T22:10:00Z')).toBe(
      'awaiting_first_delivery',
    );
    const disabled = testBot('a', { enabled: false });
    expect(botHealth({ ...facts, bot: disabled, heardMs: null }).status).toBe('no_traffic');
  });
});
