import { expect, test } from '@jest/globals';
import type { Span } from '../../test/support/hookpulse-client.ts';
import { receivedOf } from './received.ts';

test('deliveries of all hours are counted', () => {
  const hourly = [hour(3), hour(40), hour(500)];
  expect(receivedOf({ hourly })).toBe(543);
  expect(receivedOf({ hourly: [] })).toBe(0);
});

function hour(received: number): Span {
  return {
    ...{ events: received, errors: 0, error_rate: '0.00%' },
    ...{ requests_received: received, requests_processed: 0 },
  };
}
