/** By reply codes and by what was answered to; never by the text. */

import { readSmtpFailure } from '@hookpulse/service-kit/smtp/smtp-failure';
import { describe, expect, test } from '@jest/globals';
import { classifySmtpError } from './classify-smtp-error.ts';

function verdict(error: Record<string, unknown>, othersAccepted = false) {
  const failure = readSmtpFailure(Object.assign(new Error('550 whatever the text says'), error));
  return classifySmtpError(failure, othersAccepted);
}

describe('an answer', () => {
  test.each(['MAIL FROM', 'RCPT TO', 'DATA'])('to %s counts', (command) => {
    for (const responseCode of [500, 501, 550, 551, 552, 553, 554, 555, 571]) {
      expect(verdict({ code: 'EENVELOPE', command, responseCode })).toBe('refused');
    }
    for (const responseCode of [421, 432, 450, 451, 452, 454, 471]) {
      expect(verdict({ code: 'EENVELOPE', command, responseCode })).toBe('later');
    }
    // A login or STARTTLS is missing, or the session is muddled: the mail is not what is wrong.
    expect(verdict({ code: 'EENVELOPE', command, responseCode: 530 })).toBe('later');
    expect(verdict({ code: 'EENVELOPE', command, responseCode: 503 })).toBe('later');
  });

  test.each(['CONN', 'EHLO', 'HELO', 'STARTTLS', 'AUTH PLAIN', 'AUTH LOGIN', 'AUTH CRAM-MD5'])(
    'to %s is never for good: an operator can mend it',
    (command) => {
      for (const responseCode of [421, 454, 500, 535, 538, 550, 554]) {
        expect(verdict({ code: 'EPROTOCOL', command, responseCode })).toBe('later');
      }
    },
  );

  test('that there are too many receivers is for now when others were taken', () => {
    const tooMany = { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 552 };
    expect(verdict(tooMany, true)).toBe('later');
    expect(verdict(tooMany, false)).toBe('refused');
    expect(verdict({ ...tooMany, responseCode: 550 }, true)).toBe('refused');
  });
});

test.each([
  { code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' },
  { code: 'ESOCKET', originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT', command: 'CONN' },
  { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT', command: 'CONN' },
  { code: 'EDNS', originalCode: 'ENOTFOUND', command: 'CONN' },
  { code: 'ETLS', command: 'STARTTLS' },
  { code: 'ECONNECTION', command: 'CONN' },
  { code: 'EAUTH', command: 'API' },
  { code: 'EABORT' },
  { code: 'ESTREAM', command: 'API' },
  {},
])('without an answer the mail is still due: %j', (error) => {
  expect(verdict(error)).toBe('later');
});

test('what no server can be asked for is refused', () => {
  expect(verdict({ code: 'EENVELOPE', command: 'API' })).toBe('refused');
});

test.each([null, undefined, 'text', 7, { code: 7, responseCode: '550', command: null }])(
  'anything may be thrown: %j',
  (error) => expect(classifySmtpError(readSmtpFailure(error))).toBe('later'),
);
