import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printable } from './printable.ts';

test.each([
  ['two\nlines', 'two\nlines'],
  ['\x1b[31mred\x07', '\\u001b[31mred\\u0007'],
  ['\r\t\x7f\x85\x9b', '\\u000d\\u0009\\u007f\\u0085\\u009b'],
  ['a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['\u202efdp.exe\u2066\u200e\u061c', '\\u202efdp.exe\\u2066\\u200e\\u061c'],
  ['naïve 日本 👩‍💻', 'naïve 日本 👩‍💻'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('JSON means the same afterwards', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});
