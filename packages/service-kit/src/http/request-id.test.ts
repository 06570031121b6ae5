import { describe, expect, test } from '@jest/globals';
import { requestIdOf } from './request-id.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the id of a request', () => {
  test.each([
    'a',
    '0195f3b2-1c2d-7e3f-8a4b-5c6d7e8f9a0b',
    'Root=1-67891233-abcdef',
    'x'.repeat(128),
  ])('is the one that the caller gave: %s', (given) => {
    expect(requestIdOf({ headers: { 'x-request-id': given } })).toBe(given);
  });

  test.each([undefined, '', '-a', 'a b', 'a"b', 'ä', '<script>', 'x'.repeat(129)])(
    'is a new one where that is not well-formed: %j',
    (given) => {
      const headers = given === undefined ? {} : { 'x-request-id': given };
      expect(requestIdOf({ headers })).toMatch(UUID);
    },
  );

  test('is another one for each request', () => {
    expect(requestIdOf({ headers: {} })).not.toBe(requestIdOf({ headers: {} }));
  });
});
