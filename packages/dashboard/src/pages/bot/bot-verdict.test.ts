import { emptyCounters } from '@hookpulse/common/domain/counters';
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
  ['healthy', span(1_200, 0), /^All 1,200 events .* went well\.$/],
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
  ['no_traffic', span(0, 0), /^Nothing has arrived/],
] as const)('%s is explained', (status, last_15_minutes, words) => {
  expect(verdictOf({ status, last_15_minutes, webhook_registered: true })).toMatch(words);
});

test('a bot that Telegram does not know yet has something to be done first', () => {
  const health = { status: 'no_traffic', last_15_minutes: span(0, 0) } as const;
  expect(verdictOf({ ...health, webhook_registered: false })).toMatch(/point Telegram at it/);
});
