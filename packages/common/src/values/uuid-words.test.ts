import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeUuid } from './uuid-words.ts';

function wordsOf(text: string): number[] {
  const words = new Uint32Array(6);
  writeUuid(text, words);
  return [...words];
}

test('writes all 128 bits, in any case, and nothing behind them', () => {
  expect(wordsOf('01234567-89AB-cdef-fedc-BA9876543210')).toEqual([
    0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210, 0, 0,
  ]);
});

test('gives what the digits say', () => {
  fc.assert(
    fc.property(fc.uuid(), (text) => {
      const digits = text.replaceAll('-', '');
      const words = [0, 8, 16, 24].map((at) => Number.parseInt(digits.slice(at, at + 8), 16));
      expect(wordsOf(text)).toEqual([...words, 0, 0]);
    }),
  );
});
