import { expect, test } from '@jest/globals';
import { joinPages, withoutRepeats } from './join-pages.ts';

const letter = (text: string) => text;

test.each([
  ['the first answer', 'cba', '', 'cba'],
  ['nothing new', 'dc', 'dcba', 'dcba'],
  ['a new one', 'ed', 'dcba', 'edcba'],
  ['one that went', 'db', 'dcba', 'dba'],
  ['more than a page of new ones', 'ih', 'dcba', 'ih'],
  ['nothing at all any more', '', 'dcba', ''],
])('after %s, %j over %j is %j', (_what, newest, known, joined) => {
  expect(joinPages([...newest], [...known], letter).join('')).toBe(joined);
});

test('an item that moved over the border of two pages is shown once', () => {
  expect(withoutRepeats([...'cbba'], letter).join('')).toBe('cba');
});
