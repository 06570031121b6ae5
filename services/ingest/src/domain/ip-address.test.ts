import { describe, expect, test } from '@jest/globals';
import { normalIpAddress } from './ip-address.ts';

describe('normalIpAddress', () => {
  test.each([
    ['149.154.167.197', '149.154.167.197'],
    ['2001:db8::8a2e:370:7334', '2001:db8::8a2e:370:7334'],
    ['::1', '::1'],
    ['::ffff:149.154.167.197', '149.154.167.197'],
    ['256.1.1.1', null],
    ['1.2.3', null],
    ['1.2.3.4:80', null],
    ['2001:db8::1::2', null],
    ['localhost', null],
    ['', null],
    ['"},{"', null],
  ])('of %j is %j', (text, expected) => {
    expect(normalIpAddress(text)).toBe(expected);
  });
});
