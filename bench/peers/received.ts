import type { BotHealth } from '../../test/support/hookpulse-client.ts';

/** Deliveries of a bot that are counted, over all hours of its health answer: a run may take longer than 15 minutes. */
export function receivedOf({ hourly }: Pick<BotHealth, 'hourly'>): number {
  return hourly.reduce((sum, hour) => sum + hour.requests_received, 0);
}
