import { expect, test } from '@jest/globals';
import { plainAddress } from './address.ts';

test.each([
  ['http://127.0.0.1:8081', 'http://127.0.0.1:8081'],
  ['HTTPS://hp.example.com/', 'https://hp.example.com'],
  ['https://ops.example.com/hookpulse/', 'https://ops.example.com/hookpulse'],
])('%s is %s', (text, address) => expect(plainAddress(text)).toBe(address));

test.each([
  'nowhere',
  'ftp://hp.example.com',
  'http://ops:key@hp.example.com',
  'http://ops:4711#key@hp.example.com:8081',
  'http://ops:4711/key@hp.example.com:8081',
  'http://ops:4711?key',
  'http://hp.example.com/#',
])('%s is none: it may hold a password', (text) => expect(plainAddress(text)).toBeNull());
