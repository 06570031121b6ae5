import { describe, expect, test } from '@jest/globals';
import { beginEdit, isEdited, withMine, withStored, withTheirs, withTyped } from './edit.ts';

const stored = { name: 'Shop', limit: '10', receivers: 'ops@example.com' };
const typed = { ...stored, name: 'The shop' };
const edit = withTyped(beginEdit(stored), typed);

test('what is read anew and is the same leaves what is typed', () => {
  expect(withStored(edit, { ...stored })).toEqual(edit);
  expect([isEdited(beginEdit(stored)), isEdited(edit)]).toEqual([false, true]);
});

test('fields that nobody has typed into follow what somebody else saves', () => {
  expect(withStored(edit, { ...stored, limit: '20' })).toEqual({
    stored: { ...stored, limit: '20' },
    typed: { ...typed, limit: '20' },
    contested: [],
  });
});

test('what was saved as it is typed is edited no more', () => {
  const after = withStored(edit, typed);
  expect([isEdited(after), after.contested]).toEqual([false, []]);
});

describe('a field that somebody else has changed, too', () => {
  const contested = withStored(edit, { ...stored, name: 'Store' });

  test('is contested, and stays so until it is decided', () => {
    expect(contested).toMatchObject({ typed, contested: ['name'] });
    expect(withStored(contested, { ...stored, name: 'Store', limit: '5' }).contested).toEqual([
      'name',
    ]);
    expect(withStored(contested, stored).contested).toEqual(['name']);
  });

  test('is so no more when both agree', () => {
    expect(withStored(contested, typed).contested).toEqual([]);
    expect(withTyped(contested, { ...typed, name: 'Store' }).contested).toEqual([]);
  });

  test('is mine or theirs, and nothing else is', () => {
    const both = withTyped(contested, { ...typed, limit: '30' });
    expect(withMine(both)).toMatchObject({ typed: both.typed, contested: [] });
    expect(withTheirs(both)).toMatchObject({
      typed: { ...typed, name: 'Store', limit: '30' },
      contested: [],
    });
  });
});
