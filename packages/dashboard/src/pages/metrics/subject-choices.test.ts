import { describe, expect, test } from '@jest/globals';
import type { MetricsSubject } from './metrics-query.ts';
import {
  choiceOfSubject,
  choiceOfText,
  subjectChoices,
  subjectOfChoice,
} from './subject-choices.ts';

const BOTS = [
  { bot_id: 'fleet', name: 'Called like another choice' },
  { bot_id: 'orders', name: 'Orders' },
];

describe('what the metrics are about', () => {
  test.each<MetricsSubject>([
    { kind: 'fleet' },
    { kind: 'each' },
    { kind: 'bot', botId: 'fleet' },
    { kind: 'bot', botId: 'deleted' },
  ])('%p is the choice that it makes', (subject) => {
    expect(subjectOfChoice(choiceOfSubject(subject, BOTS))).toEqual(subject);
  });

  test('are offered by name, with the id beside it', () => {
    expect(subjectChoices(BOTS).map(({ title }) => title)).toEqual([
      'All bots together',
      'Each bot',
      'Called like another choice',
      'Orders',
    ]);
    expect(choiceOfSubject({ kind: 'bot', botId: 'orders' }, BOTS).note).toBe('orders');
  });

  test('may be those of an id that no bot has any more', () => {
    expect(choiceOfText('deleted')?.value).toBe(
      choiceOfSubject({ kind: 'bot', botId: 'deleted' }, BOTS).value,
    );
    expect(choiceOfText('no id')).toBeNull();
    expect(choiceOfText('')).toBeNull();
  });
});
