import { HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { describe, expect, test } from '@jest/globals';
import { draftOfLastHour, replayOutcome } from './replay-draft.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:30.000Z');

describe('a replay', () => {
  test('is of the last hour until now, at first', () => {
    expect(replayOutcome('orders', draftOfLastHour(NOW_MS), NOW_MS)).toEqual({
      kind: 'request',
      request: {
        bot_id: 'orders',
        from: iso(NOW_MS - 30_000 - HOUR_MS),
        to: iso(NOW_MS),
        only: 'failed',
      },
    });
  });

  test.each(['20261-11-29T21:00', '0202-02-10T20:00'])('cannot be from or to %s', (text) => {
    const draft = { from: text, to: text, only: 'all' } as const;
    expect(replayOutcome('orders', draft, NOW_MS)).toEqual({
      kind: 'bad',
      problems: { from: 'Enter a date and a time.', to: 'Enter a date and a time.' },
    });
  });
});
