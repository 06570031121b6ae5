import { emptyWindow } from '@hookpulse/common/windows/window';
import { describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import { SpanSchema, spanOf } from './span.ts';

describe('spanOf', () => {
  test('shows counts, rate, averages and percentiles', () => {
    const window = emptyWindow();
    Object.assign(window.counters, {
      requests_received: 75,
      requests_processed: 70,
      requests_failed: 1,
      responses_sent: 69,
      retries: 2,
      processing_errors: 1,
    });
    for (let ms = 1; ms <= 100; ms += 1) window.latency.add(ms);
    Object.assign(window.processing, { sumMs: 100, count: 3 });
    Object.assign(window.response, { sumMs: 0.0012, count: 1 });

    const span = spanOf(window);

    expect(span).toEqual({
      events: 75,
      errors: 1,
      error_rate: '1.3%',
      requests_received: 75,
      requests_processed: 70,
      requests_failed: 1,
      responses_sent: 69,
      retries: 2,
      signature_validation_failures: 0,
      timeout_errors: 0,
      processing_errors: 1,
      avg_processing_time_ms: 33.333,
      p50_processing_time_ms: 50,
      p95_processing_time_ms: 95,
      p99_processing_time_ms: 99,
      avg_response_time_ms: 0.001,
    });
    expect(Value.Check(SpanSchema, span)).toBe(true);
  });

  test('has null, never 0, where nothing was measured', () => {
    expect(spanOf(emptyWindow())).toMatchObject({
      events: 0,
      errors: 0,
      error_rate: '0.0%',
      avg_processing_time_ms: null,
      p50_processing_time_ms: null,
      p95_processing_time_ms: null,
      p99_processing_time_ms: null,
      avg_response_time_ms: null,
    });
  });

  test('counts the summed larger side, so a late report is no second event', () => {
    const window = emptyWindow();
    Object.assign(window.counters, { requests_received: 10, requests_processed: 10 });
    expect(spanOf(window).events).toBe(10);
  });
});
