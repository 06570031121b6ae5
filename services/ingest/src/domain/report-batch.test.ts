import { describe, expect, test } from '@jest/globals';
import { judgeBatch, type ReportItem } from './report-batch.ts';

const RULES = {
  nowMs: Date.parse('2026-02-10T20:00:00.000Z'),
  retentionMs: 86_400_000,
  onlyBotId: null,
  isKnownBot: (botId: string) => botId === 'alpha' || botId === 'beta',
};

function item(value: unknown): ReportItem {
  return { kind: 'json', value };
}

function retryOf(bot_id: unknown): ReportItem {
  return item({ bot_id, event_type: 'retry' });
}

describe('judgeBatch', () => {
  test('accepts all, in their order', () => {
    const verdict = judgeBatch([retryOf('beta'), retryOf('alpha')], RULES);
    expect(verdict).toMatchObject({
      kind: 'judged',
      events: [{ bot_id: 'beta' }, { bot_id: 'alpha' }],
      rejected: [],
      isRepaired: false,
    });
  });

  test('has one problem for each bad item', () => {
    const items = [
      retryOf('alpha'),
      { kind: 'bad', problem: 'is not valid JSON' } as const,
      item({ bot_id: 'alpha' }),
      retryOf('nobody'),
    ];
    expect(judgeBatch(items, RULES)).toMatchObject({
      kind: 'judged',
      events: [{ bot_id: 'alpha' }],
      rejected: [
        { index: 1, message: 'it is not valid JSON' },
        { index: 2, message: expect.stringMatching(/^event_type is required/) },
        { index: 3, message: 'bot_id is not registered' },
      ],
    });
  });

  test('a report token says which bot reports, and an admin token does not', () => {
    const items = [item({ event_type: 'retry' })];
    expect(judgeBatch(items, { ...RULES, onlyBotId: 'alpha' })).toMatchObject({
      events: [{ bot_id: 'alpha', event_type: 'retry' }],
      rejected: [],
    });
    expect(judgeBatch(items, RULES)).toMatchObject({
      events: [],
      rejected: [{ index: 0, message: expect.stringMatching(/^bot_id is required/) }],
    });
  });

  test('judges permission before form, known bot or not', () => {
    const items = [item({ bot_id: 'alpha' }), retryOf('beta'), item({ bot_id: 'nobody' })];
    expect(judgeBatch(items, { ...RULES, onlyBotId: 'alpha' })).toEqual({
      kind: 'foreign',
      problems: [
        { index: 1, message: 'bot_id is not the bot of this token' },
        { index: 2, message: 'bot_id is not the bot of this token' },
      ],
    });
  });

  test.each([[retryOf(undefined)], [retryOf(5)], [item(null)], [item('alpha')]])(
    'takes what names no bot for bad, not for another’s: %j',
    (bad) => {
      expect(judgeBatch([bad], { ...RULES, onlyBotId: 'alpha' })).toMatchObject({
        events: [],
        rejected: [{ index: 0 }],
      });
    },
  );
});
