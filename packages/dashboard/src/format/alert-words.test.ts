import { describe, expect, test } from '@jest/globals';
import { mailSentence, ruleTitle } from './alert-words.ts';

test('a rule has a title, and one that is not known its name', () => {
  expect(ruleTitle('no_traffic')).toBe('No traffic');
  expect(ruleTitle('toString')).toBe('toString');
});

describe('the mail of an alert', () => {
  test('names its first receiver, and how many more there are', () => {
    expect(mailSentence({ state: 'accepted', receivers: ['a@x'] })).toBe('Mailed to a@x');
    expect(mailSentence({ state: 'accepted', receivers: ['a@x', 'b@x', 'c@x'] })).toBe(
      'Mailed to a@x and 2 more',
    );
  });

  test('went to nobody unless it was sent', () => {
    expect(mailSentence({ state: 'silenced', receivers: ['a@x'] })).toBe('Not mailed: silenced');
    expect(mailSentence({ state: 'accepted', receivers: [] })).toBe('Mailed');
  });
});
