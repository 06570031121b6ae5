import { describe, expect, test } from '@jest/globals';
import { REPAIRABLE_LINE, repairedLine, VISIBLE_LINE } from './visible-line.ts';

const isTaken = (pattern: string, text: string) => new RegExp(pattern, 'u').test(text);

describe.each([
  ['a line', VISIBLE_LINE],
  ['a line that is repaired', REPAIRABLE_LINE],
])('%s', (_name, pattern) => {
  test.each(['Orders', ' Orders ', '👩‍💻 Dev bot', 'می‌خواهم', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 bot', 'שלום'])(
    'may be %j',
    (text) => expect(isTaken(pattern, text)).toBe(true),
  );

  test.each([
    '',
    ' ',
    'a\nb',
    'a\u0000b',
    'a\u0085b',
    'a\u009bb',
    'a\u2028b',
    'a\u2029b',
    'abc\u202efdp',
    'a\u200fb',
    'a\u2066b',
    // Nothing of it is seen.
    '\u200d',
  ])('may not be %j', (text) => expect(isTaken(pattern, text)).toBe(false));
});

test('half a character is refused, or repaired', () => {
  expect(isTaken(VISIBLE_LINE, 'cut \ud83d')).toBe(false);
  expect(isTaken(REPAIRABLE_LINE, 'cut \ud83d')).toBe(true);
  expect(repairedLine(' cut \ud83d ')).toBe('cut \ufffd');
});
