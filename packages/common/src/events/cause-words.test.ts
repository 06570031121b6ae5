import { expect, test } from '@jest/globals';
import { causeSentence, errorTitle, kindWords } from './cause-words.ts';
import type { ErrorCause } from './error-cause.ts';
import { errorPattern } from './error-pattern.ts';
import { ERROR_CORPUS } from './testing/error-corpus.ts';

const CAUSE: ErrorCause = {
  fingerprint: '852495384adbc1ea',
  error_type: 'ValueError',
  error_message: "cannot read amount: '12,50 €'",
  count: 97,
  failures: 100,
  since: '2026-02-10T22:10:31.000Z',
  update_types: ['callback_query'],
};
const clock = (at: string) => at.slice(11, 16);

test('names the cause, its share, since when and what fails', () => {
  expect(causeSentence(CAUSE, clock)).toBe(
    'ValueError: cannot read amount: 97% of failures since 22:10, callback queries only',
  );
});

test.each([
  [{ count: 100 }, /: all failures since 22:10/],
  [{ count: 999, failures: 1_000 }, /: 99% of failures/],
  [{ count: 1, failures: 1_000 }, /: 1% of failures/],
  [{ since: null }, /97% of failures, callback queries only$/],
  [{ update_types: ['message', 'callback_query'] }, /since 22:10$/],
  [{ update_types: [] }, /since 22:10$/],
])('%j', (changes, expected) => {
  expect(causeSentence({ ...CAUSE, ...changes }, clock)).toMatch(expected);
});

test.each([
  ['ValueError', "cannot read amount: 'x'", 'ValueError: cannot read amount'],
  ['OrderError', 'Order 81723 not found', 'OrderError: Order … not found'],
  ['InvalidSignature', null, 'InvalidSignature'],
  [null, 'broken', 'broken'],
  [null, null, 'Error without a type'],
])('%j with %j is called %j', (error_type, error_message, title) => {
  expect(errorTitle({ error_type, error_message })).toBe(title);
});

test('a pattern is called as the message that it is of', () => {
  const messages = ERROR_CORPUS.flatMap((group) => group.messages);
  const titleOf = (error_message: string) => errorTitle({ error_type: null, error_message });
  expect(messages.map(errorPattern).map(titleOf)).toEqual(messages.map(titleOf));
});

test('long messages are cut off', () => {
  expect(errorTitle({ error_type: 'E', error_message: 'word '.repeat(100) })).toHaveLength(120);
});

test('kinds of updates have plurals', () => {
  expect(['callback_query', 'message', 'poll_answer'].map(kindWords)).toEqual([
    'callback queries',
    'messages',
    'poll answers',
  ]);
});
