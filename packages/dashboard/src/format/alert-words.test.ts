import { describe, expect, test } from '@jest/globals';
import { ruleTitle } from './alert-rules.ts';
import { mailSentence, mailTone } from './alert-words.ts';

test('a rule has a title, and one that is not known its name', () => {
  expect(ruleTitle('no_traffic')).toBe('No traffic');
  expect(ruleTitle('toString')).toBe('toString');
});

const mail = { state: 'accepted', receivers: ['a@x'], attempts: 0, detail: '250 OK' } as const;

describe('the mail of an alert', () => {
  test('names its first receiver, and how many more there are', () => {
    expect(mailSentence(mail)).toBe('Mailed to a@x');
    expect(mailSentence({ ...mail, receivers: ['a@x', 'b@x', 'c@x'] })).toBe(
      'Mailed to a@x and 2 more',
    );
    expect(mailTone(mail)).toBe('good');
  });

  test('that cannot be delivered says why, and how often it was tried', () => {
    const stuck = { ...mail, state: 'sending', detail: 'no connection' } as const;
    expect(mailSentence({ ...stuck, attempts: 3 })).toBe(
      'Not delivered to a@x after 3 attempts: no connection',
    );
    expect(mailSentence({ ...stuck, attempts: 0, detail: null })).toBe('Being mailed to a@x');
    expect(mailTone({ ...stuck, attempts: 1 })).toBe('warn');
  });

  test('went to nobody unless it was sent to somebody', () => {
    expect(mailSentence({ ...mail, state: 'silenced' })).toBe('Not mailed: silenced');
    for (const state of ['accepted', 'sending', 'no_receivers'] as const) {
      const toNobody = { ...mail, state, receivers: [], detail: 'written as x.eml' };
      expect(mailSentence(toNobody)).toBe('No receiver: set one');
      expect(mailTone(toNobody)).toBe('warn');
    }
  });

  test('that was written to the outbox has reached nobody', () => {
    const written = { ...mail, detail: 'written as 20260210T200000.000Z-1@x.eml' };
    expect(mailSentence(written)).toBe('Written to a file');
    expect(mailTone(written)).toBe('warn');
  });
});
