import { emptyCounters } from '@hookpulse/common/windows/counters';
import { expect, test } from '@jest/globals';
import { verdictOf } from './bot-verdict.ts';

function span(events: number, errors: number, causes = {}) {
  return {
    ...emptyCounters(),
    events,
    errors,
    error_rate: '40.0%',
    avg_processing_time_ms: null,
    p50_processing_time_ms: null,
    p95_processing_time_ms: null,
    p99_processing_time_ms: null,
    avg_response_time_ms: null,
    ...causes,
  };
}

test.each([
  ['healthy', span(1_200, 0), /^All 1,200 events .* succeeded\.$/],
  ['healthy', span(100, 2), /^2 of 100 events failed/],
  [
    'unhealthy',
    span(10, 4, { timeout_errors: 3, processing_errors: 1 }),
    /^4 of 10 .* Most of them are timeouts/,
  ],
  [
    'degraded',
    span(10, 4, { signature_validation_failures: 4 }),
    /All of them are deliveries with a wrong secret/,
  ],
  ['healthy', span(1, 0), /^The only event .* succeeded\.$/],
  ['no_traffic', span(0, 0), /^Nothing has arrived/],
  ['awaiting_first_delivery', span(0, 0), /^Nothing has arrived since the bot was enabled/],
] as const)('%s is explained', (status, last_15_minutes, words) => {
  const health = { status, last_15_minutes, webhook_registered: true, alerts: [] };
  expect(verdictOf(health)).toMatch(words);
});

test('that all went well does not hide an alert that still fires', () => {
  const well = {
    status: 'healthy',
    last_15_minutes: span(1, 0),
    webhook_registered: true,
  } as const;
  expect(verdictOf({ ...well, alerts: [{ rule: 'no_traffic' }] })).toBe(
    'The only event of the last 15 minutes succeeded. The alert “No traffic” still fires until enough events show that it is over.',
  );
});

test('a bot that Telegram does not know yet has something to be done first', () => {
  for (const status of ['no_traffic', 'awaiting_first_delivery'] as const) {
    const health = { status, last_15_minutes: span(0, 0), alerts: [] };
    expect(verdictOf({ ...health, webhook_registered: false })).toMatch(
      /Set the Telegram webhook as described below/,
    );
  }
});
