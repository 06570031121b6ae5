/** Schemas of saved views of the dashboard. */
import { SavedViewName, SavedViewPath, SavedViewSchema } from '@hookpulse/common/bots/saved-view';
import Type, { type Static } from 'typebox';

export const SAVED_VIEWS_PATH = '/api/saved-views';

export const NewSavedViewSchema = Type.Object(
  { name: SavedViewName, path: SavedViewPath },
  {
    additionalProperties: false,
    examples: [{ name: 'Failed payments', path: '/events?status=failed&range=1h' }],
  },
);

export const SavedViewPatchSchema = Type.Object(
  { name: SavedViewName },
  { additionalProperties: false, examples: [{ name: 'Payments that failed' }] },
);

/** Without the owner: it is always the token that asks. */
export const OwnViewSchema = Type.Omit(SavedViewSchema, ['owner']);
export type OwnView = Static<typeof OwnViewSchema>;

export const SavedViewsSchema = Type.Object({
  views: Type.Array(OwnViewSchema, { description: 'of the token that asks, by name' }),
});
export type SavedViewList = Static<typeof SavedViewsSchema>;
