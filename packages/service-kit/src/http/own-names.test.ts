import { expect, test } from '@jest/globals';
import { isOwnName } from './own-names.ts';

const NAMES = ['hookpulse.example.com'];

test.each([
  'localhost',
  'LOCALHOST:8081',
  'localhost.:8081',
  'hookpulse.localhost',
  '127.0.0.1:8081',
  '192.0.2.1',
  '[::1]:8081',
  '[2001:db8::1]',
  'hookpulse.example.com',
  'Hookpulse.Example.com.:8081',
  undefined,
])('%s is ours', (host) => {
  expect(isOwnName(host, NAMES)).toBe(true);
});

test.each([
  'evil.example',
  'evil.example:8081',
  'localhost.evil.example',
  'notlocalhost',
  '127.0.0.1.evil.example',
  'hookpulse.example.com.evil.example',
  'x.hookpulse.example.com',
  '',
  'a b',
  '[',
])('%j is not', (host) => {
  expect(isOwnName(host, NAMES)).toBe(false);
  expect(isOwnName(host, null)).toBe(true);
});
