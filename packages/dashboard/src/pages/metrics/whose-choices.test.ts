import { describe, expect, test } from '@jest/globals';
import type { Whose } from './metrics-query.ts';
import { choiceOfText, choiceOfWhose, whoseChoices, whoseOfChoice } from './whose-choices.ts';

const BOTS = [
  { bot_id: 'fleet', name: 'Called like another choice' },
  { bot_id: 'orders', name: 'Orders' },
];

describe('whose hours', () => {
  test.each<Whose>([
    { kind: 'fleet' },
    { kind: 'each' },
    { kind: 'bot', botId: 'fleet' },
    { kind: 'bot', botId: 'deleted' },
  ])('%p is the choice that it makes', (whose) => {
    expect(whoseOfChoice(choiceOfWhose(whose, BOTS))).toEqual(whose);
  });

  test('are offered by name, with the id beside it', () => {
    expect(whoseChoices(BOTS).map(({ title }) => title)).toEqual([
      'All bots together',
      'Each bot',
      'Called like another choice',
      'Orders',
    ]);
    expect(choiceOfWhose({ kind: 'bot', botId: 'orders' }, BOTS).note).toBe('orders');
  });

  test('may be those of an id that no bot has any more', () => {
    expect(choiceOfText('deleted')?.value).toBe(
      choiceOfWhose({ kind: 'bot', botId: 'deleted' }, BOTS).value,
    );
    expect(choiceOfText('no id')).toBeNull();
    expect(choiceOfText('')).toBeNull();
  });
});
