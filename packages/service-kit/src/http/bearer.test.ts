import { describe, expect, test } from '@jest/globals';
import { bearerToken } from './bearer.ts';

describe('bearerToken', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['bearer  a-b_c.d~e+f/g== ', 'a-b_c.d~e+f/g=='],
    ['Basic abc', null],
    ['Bearer', null],
    ['Bearer ', null],
    ['Bearer a b', null],
    ['Bearerabc', null],
    ['', null],
    [undefined, null],
  ])('of %j is %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});
