import { expect, test } from '@jest/globals';
import { connectionFailure } from './connection-failure.ts';

const withCode = (code: string) => Object.assign(new Error('https://bot:secret@host'), { code });

test.each([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'unknown host'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
  ['CERT_HAS_EXPIRED', 'certificate refused'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'no secure connection'],
  ['EMFILE', 'other'],
])('%s is %s, also as the cause of an error', (code, kind) => {
  expect(connectionFailure(withCode(code))).toEqual({ kind, code });
  expect(connectionFailure(new TypeError('failed', { cause: withCode(code) }))).toEqual({
    kind,
    code,
  });
});

test('a signal that ends the request is a time-out, and what is no error has no code', () => {
  expect(connectionFailure(new DOMException('late', 'TimeoutError')).kind).toBe('timeout');
  expect(connectionFailure(null)).toEqual({ kind: 'other', code: null });
});
