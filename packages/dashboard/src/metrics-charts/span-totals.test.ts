import { errorRate, eventsOf, formatRate } from '@hookpulse/common/windows/counters';
import { describe, expect, test } from '@jest/globals';
import { totalsOf } from './span-totals.ts';

describe('hours together', () => {
  test('are counted as one span, as the services count it', () => {
    const before = { requests_received: 5, requests_processed: 0, requests_failed: 0 };
    const after = { requests_received: 1, requests_processed: 4, requests_failed: 2 };
    const both = { requests_received: 6, requests_processed: 4, requests_failed: 2 };
    expect(totalsOf([before, null, after])).toEqual({
      events: eventsOf(both),
      errors: 2,
      errorRate: formatRate(errorRate(2, eventsOf(both))),
    });
  });

  test('without events have no errors', () => {
    expect(totalsOf([])).toEqual({ events: 0, errors: 0, errorRate: '0.0%' });
  });
});
