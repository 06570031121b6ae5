import { describe, expect, test } from '@jest/globals';
import { stepsOfBot, stepsOfFleet } from './setup-steps.ts';

const MAILED = { channel: 'mail', receivers: 1, bots_without_receivers: 0 } as const;
const NOBODY = { channel: 'mail', receivers: 0, bots_without_receivers: 1 } as const;
const hour = (requests_received: number, requests_processed = 0) => ({
  ...{ requests_received, requests_processed },
  processing_errors: 0,
});
const open = (steps: ReturnType<typeof stepsOfBot>) =>
  steps.filter(({ isDone }) => !isDone).map(({ title }) => title);

describe('what is still to be done', () => {
  test.each([
    [false, [], NOBODY, ['First delivery', 'First report', 'Receiver set']],
    [true, [hour(1)], MAILED, ['First report']],
    [true, [hour(1, 1)], MAILED, []],
    [true, [], MAILED, []],
    [true, [hour(1, 1)], null, []],
  ] as const)('for a bot', (webhook_registered, hourly, notifications, titles) => {
    expect(open(stepsOfBot({ webhook_registered, hourly }, notifications))).toEqual(titles);
  });

  test.each([
    [[], MAILED, ['Bot added or adopted', 'First delivery']],
    [[{ status: 'awaiting_first_delivery' }], MAILED, ['First delivery']],
    [[{ status: 'healthy' }, { status: 'awaiting_first_delivery' }], NOBODY, []],
    [[{ status: 'no_traffic' }], MAILED, []],
  ] as const)('for the fleet', (bots, notifications, titles) => {
    expect(open(stepsOfFleet(bots, notifications))).toEqual(titles);
  });
});
