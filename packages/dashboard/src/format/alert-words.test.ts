import { describe, expect, test } from '@jest/globals';
import { mailTone, ruleTitle, mailSentence as sentenceOf } from './alert-words.ts';

type Mail = Parameters<typeof sentenceOf>[0];
const mailSentence = (mail: Pick<Mail, 'state' | 'receivers'> & Partial<Mail>) =>
  sentenceOf({ attempts: 0, detail: null, ...mail });

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

  test('that cannot be delivered says why, and how often it was tried', () => {
    const stuck: Omit<Mail, 'attempts'> = {
      state: 'sending',
      receivers: ['a@x'],
      detail: 'no connection',
    };
    expect(mailSentence({ ...stuck, attempts: 3 })).toBe(
      'Not delivered to a@x after 3 attempts: no connection',
    );
    expect(mailSentence({ ...stuck, attempts: 0, detail: null })).toBe('Being mailed to a@x');
    expect(mailTone({ ...stuck, attempts: 1 })).toBe('warn');
  });

  test('went to nobody unless it was sent', () => {
    expect(mailSentence({ state: 'silenced', receivers: ['a@x'] })).toBe('Not mailed: silenced');
    expect(mailSentence({ state: 'accepted', receivers: [] })).toBe('Mailed');
  });
});
