/** Which answers are final. */
import { expect, test } from '@jest/globals';
import { verdictOf } from './http-verdict.ts';

const answered = (status: number) =>
  verdictOf({ kind: 'answered', status, text: '', afterMs: null }, 'example.com').kind;

test('what somebody can mend at the receiver is tried again', () => {
  for (const status of [401, 403, 404, 407, 408, 429, 500, 503]) {
    expect([status, answered(status)]).toEqual([status, 'later']);
  }
});

test('what is said of the message is final', () => {
  for (const status of [400, 405, 410, 413, 422]) {
    expect([status, answered(status)]).toEqual([status, 'refused']);
  }
});
