import { NewSilenceSchema } from '@hookpulse/api/new-silence';
import { describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { localDateTime } from '../../format/times.ts';
import { type SilenceDraft, silenceOutcome } from './silence-draft.ts';

const bodies = Compile(NewSilenceSchema);
const DRAFT: SilenceDraft = {
  botId: 'orders-bot',
  rule: 'no_traffic',
  span: '4h',
  until: '',
  reason: ' deployment ',
  createdBy: '',
};

describe('a silence', () => {
  test('is asked for as the API takes it', () => {
    const outcome = silenceOutcome(DRAFT);
    expect(outcome).toEqual({
      kind: 'body',
      body: {
        bot_id: 'orders-bot',
        rule: 'no_traffic',
        reason: 'deployment',
        duration_minutes: 240,
      },
    });
    expect(outcome.kind === 'body' && bodies.Check(outcome.body)).toBe(true);
  });

  test('may be of all, by somebody, until a moment of the viewer', () => {
    const endsAtMs = Date.parse('2026-02-10T20:15:00.000Z');
    const outcome = silenceOutcome({
      ...DRAFT,
      botId: '',
      rule: '',
      createdBy: 'Ada',
      span: 'until',
      until: localDateTime(endsAtMs),
    });
    expect(outcome).toMatchObject({
      body: { bot_id: null, rule: null, created_by: 'Ada', ends_at: '2026-02-10T20:15:00.000Z' },
    });
  });

  test.each(['20261-11-29T21:00', 'tomorrow'])('cannot last until %s', (until) => {
    expect(silenceOutcome({ ...DRAFT, span: 'until', until })).toEqual({
      kind: 'bad',
      problems: { ends_at: 'Enter a date and a time.' },
    });
  });

  test('needs a reason and an end', () => {
    expect(silenceOutcome({ ...DRAFT, reason: '  ', span: 'until' })).toMatchObject({
      kind: 'bad',
      problems: { reason: expect.any(String), ends_at: expect.any(String) },
    });
  });
});
