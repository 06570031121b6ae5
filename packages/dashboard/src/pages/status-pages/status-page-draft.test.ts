/** The fields of a form about a status page. */
import { expect, test } from '@jest/globals';
import { withStored } from '../../state/edit.ts';
import { changedFields, draftOfValues, valuesOfDraft, valuesOfPage } from './status-page-draft.ts';

const PAGE = {
  ...{ name: 'orders', title: 'Orders', bot_ids: ['a', 'b'], visibility: 'public' as const },
  ...{ shows_reasons: true, path: '/status/orders' },
  ...{ created_at: '2026-02-10T20:00:00.000Z', updated_at: '2026-02-10T20:00:00.000Z' },
};
const STORED = valuesOfPage(PAGE);

test('values are read back as they were', () => {
  expect(draftOfValues(STORED)).toEqual({
    title: 'Orders',
    bots: ['a', 'b'],
    visibility: 'public',
    showsReasons: true,
  });
  expect(valuesOfDraft(draftOfValues(STORED))).toEqual(STORED);
});

test('only changed fields are sent', () => {
  expect(changedFields(STORED, STORED)).toBeNull();
  expect(changedFields({ ...STORED, title: ' Orders ' }, STORED)).toBeNull();
  expect(changedFields({ ...STORED, title: 'Shop' }, STORED)).toEqual({ title: 'Shop' });
  const typed = { ...STORED, bot_ids: 'a', visibility: 'link', shows_reasons: 'Not shown' };
  expect(changedFields(typed, STORED)).toEqual({
    bot_ids: ['a'],
    visibility: 'link',
    shows_reasons: false,
  });
});

test('a page that became secret since stays secret', () => {
  const edit = { stored: STORED, typed: { ...STORED, title: 'Shop' }, contested: [] };
  const { typed, stored } = withStored(edit, valuesOfPage({ ...PAGE, visibility: 'link' }));
  expect(changedFields(typed, stored)).toEqual({ title: 'Shop' });
});
