import { expect, test } from '@jest/globals';
import { healthStatus } from './health-status.ts';

test.each([
  [0, 0, 'no_traffic'],
  [0, 10, 'healthy'],
  // Half of the threshold is not above half of it.
  [5, 100, 'healthy'],
  [6, 100, 'degraded'],
  [10, 100, 'degraded'],
  [11, 100, 'unhealthy'],
  [100, 100, 'unhealthy'],
])('%i errors of %i events at a threshold of 0.1: %s', (errors, events, status) => {
  expect(healthStatus({ errors, events }, 0.1)).toBe(status);
});

test('a threshold of 0 makes every error unhealthy, one of 1 none', () => {
  expect(healthStatus({ errors: 1, events: 1_000 }, 0)).toBe('unhealthy');
  expect(healthStatus({ errors: 0, events: 1_000 }, 0)).toBe('healthy');
  expect(healthStatus({ errors: 10, events: 10 }, 1)).toBe('degraded');
});
