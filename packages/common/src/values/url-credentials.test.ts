import { expect, test } from '@jest/globals';
import { basicAuthorization, requestTarget, splitCredentials } from './url-credentials.ts';

test.each([
  ['https://a.example/x?y#z', 'https://a.example/x?y#z', null],
  ['https://me:p%40s%3As@a.example/x', 'https://a.example/x', 'me:p@s:s'],
  ['https://me@a.example', 'https://a.example/', 'me:'],
  ['https://:key@a.example', 'https://a.example/', ':key'],
])('%s', (text, url, credentials) => {
  const given = new URL(text);
  expect(splitCredentials(given)).toEqual({ url, credentials });
  expect(given.href).toBe(new URL(text).href);
});

test.each(['https://me:50%off@a.example', 'https://me:%FF@a.example', 'https://%zz@a.example'])(
  '%s has credentials that nobody can send',
  (text) => expect(splitCredentials(new URL(text))).toBeNull(),
);

test('credentials are sent in UTF-8', () => {
  expect(basicAuthorization('me:grün')).toEqual({ authorization: 'Basic bWU6Z3LDvG4=' });
  expect(basicAuthorization(null)).toEqual({});
});

test('a request goes to the URL without them', () => {
  expect(requestTarget('https://me:key@a.example/x')).toEqual({
    url: 'https://a.example/x',
    headers: basicAuthorization('me:key'),
  });
  expect(requestTarget('https://a.example/x')).toEqual({ url: 'https://a.example/x', headers: {} });
  for (const url of ['https://me:50%off@a.example', 'http://']) {
    expect(requestTarget(url)).toEqual({ url, headers: {} });
  }
});
