import { describe, expect, test } from '@jest/globals';
import { choiceMatches } from './choice-matches.ts';

const CHOICES = Array.from({ length: 120 }, (_, n) => ({
  value: `bot:${n}`,
  title: `Bot ${n}`,
  note: `id-${n}`,
}));
const valuesFor = (text: string) => choiceMatches(CHOICES, text).shown.map(({ value }) => value);

describe('what is offered', () => {
  test('has what was typed in its title or its note, in any case', () => {
    expect(valuesFor(' BOT 11 ')).toEqual([
      'bot:11',
      'bot:110',
      'bot:111',
      'bot:112',
      'bot:113',
      'bot:114',
      'bot:115',
      'bot:116',
      'bot:117',
      'bot:118',
      'bot:119',
    ]);
    expect(valuesFor('id-7')).toContain('bot:70');
    expect(valuesFor('value')).toEqual([]);
  });

  test('is no more than can be looked through', () => {
    expect(choiceMatches(CHOICES, '').shown).toHaveLength(50);
    expect(choiceMatches(CHOICES, '').leftOut).toBe(70);
  });
});
