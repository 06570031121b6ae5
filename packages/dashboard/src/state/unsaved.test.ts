import { afterEach, expect, test } from '@jest/globals';
import { hold, leaveScope, onQuestion, PAGE, type Question, unsavedIn } from './unsaved.ts';

const dialog = { parent: PAGE };
const inner = { parent: dialog };

afterEach(() => {
  onQuestion(({ leave }) => leave());
  leaveScope(PAGE, () => undefined);
});

test('a scope is left at once while nothing in it would be lost', () => {
  let isLeft = false;
  hold('edited', PAGE);
  onQuestion(() => undefined);
  leaveScope(dialog, () => {
    isLeft = true;
  });
  expect(isLeft).toBe(true);
});

test('what is in a dialog within it counts, and the worst is asked about', () => {
  const asked: Question[] = [];
  onQuestion((question) => asked.push(question));
  hold('edited', PAGE);
  const letGo = hold('secrets', inner);
  expect([unsavedIn(inner), unsavedIn(dialog), unsavedIn(PAGE)]).toEqual(Array(3).fill('secrets'));
  letGo();
  expect([unsavedIn(inner), unsavedIn(dialog), unsavedIn(PAGE)]).toEqual([null, null, 'edited']);
  leaveScope(PAGE, () => undefined);
  expect(asked.map(({ what }) => what)).toEqual(['edited']);
});

test('what was agreed to lose is not asked about again', () => {
  let left = 0;
  onQuestion(({ leave }) => leave());
  hold('edited', dialog);
  leaveScope(PAGE, () => {
    left += 1;
  });
  expect([left, unsavedIn(PAGE)]).toEqual([1, null]);
});
