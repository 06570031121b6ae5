import { describe, expect, test } from '@jest/globals';
import {
  basicAuthorization,
  hasUnescapedCredentials,
  requestTarget,
  seemsUnescaped,
  splitCredentials,
} from './url-credentials.ts';

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

describe('user name and password that are not escaped', () => {
  test.each([
    'https://ops:Tr@vel/77#key@bot.example.com/hook',
    'https:/ops:Tr@vel/77#key@bot.example.com/hook',
    'https:ops:Tr@vel/77#key@bot.example.com/hook',
    'https://ops:Tr\\@vel/77@bot.example.com',
    'https://ops:4711#key@bot.example.com',
    'https://j.doe:4711#key@bot.example.com',
    'https://ops:4711/key@bot.example.com',
    'https://ops:4711?key@bot.example.com',
    'https://ops:471100/key@bot.example.com',
    'https://ops:/key@bot.example.com',
    'https://ops:key/@bot.example.com',
    'https://ops:p@ss/@bot.example.com',
    'https://ops:50%off@bot.example.com',
    'https://ops:%FF@bot.example.com',
  ])('%s', (url) => {
    expect(seemsUnescaped(url)).toBe(true);
    expect(hasUnescapedCredentials(url)).toBe(true);
  });

  test.each([
    'https://bot.example.com/@me',
    'https://bot.example.com/me@example.com?by=me@example.com',
    'https://bot/me@example.com',
    'https://bot:8443/@me',
    'https://bot:8443/hooks/@me/@you?x=1',
    'https://bot.example.com:8443/me@example.com',
    'https://127.0.0.1:8443/hook?by=me@example.com',
    'https://[::1]:8443/me@example.com',
    'https://[::1]/@me',
    'http://localhost:8443/me@example.com',
  ])('are not what an @ in the path of %s makes, but for servers without such paths', (url) => {
    expect(seemsUnescaped(url)).toBe(false);
    expect(hasUnescapedCredentials(url)).toBe(true);
  });

  test.each([
    'https://bot.example.com:8443/hook?a=b#c',
    'https://ops:Tr%40vel%2F77%23key@bot.example.com:8443/hook',
    'https://ops@bot.example.com/hook',
    'https://[::1]:8443/hook',
    'nowhere',
  ])('are not in %s', (url) => {
    expect(seemsUnescaped(url)).toBe(false);
    expect(hasUnescapedCredentials(url)).toBe(false);
  });
});
