/** A saved view: a page of the dashboard with filters and a time range, under a name. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { VISIBLE_LINE } from '../values/visible-line.ts';

export const SavedViewName = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: VISIBLE_LINE,
  description: '1 to 60 characters, not all blank, without control characters',
  examples: ['Failed payments'],
});

/** Of this dashboard, and of nothing else: `//host/` would lead away. */
export const SavedViewPath = Type.String({
  maxLength: 2_000,
  pattern: '^/([A-Za-z0-9_-][A-Za-z0-9/_-]*)?(\\?[^\\s#\\\\]*)?$',
  description: 'path and query of a page of the dashboard',
  examples: ['/events?status=failed&range=1h'],
});

/** A record of `webhook.saved-views`. */
export const SavedViewSchema = Type.Object({
  view_id: Type.String({ minLength: 1, maxLength: 64 }),
  /** Id of the token that saved it, or the name of one of the environment. */
  owner: Type.String({ minLength: 1, maxLength: 100 }),
  name: SavedViewName,
  path: SavedViewPath,
});
export type SavedView = Static<typeof SavedViewSchema>;

export const savedViewValidator = Compile(SavedViewSchema);

/** Parameters of the dashboard's addresses that begin with a bot's id; an alert's place goes on with `|`. */
const BOT_PARAMETERS = ['bot_id', 'edit', 'alert'];

/** Whether the page is the bot's own, or one narrowed to it. */
export function isViewOfBot(path: string, botId: string): boolean {
  const { pathname, searchParams } = new URL(path, 'http://dashboard');
  if (pathname.startsWith('/bots/') && pathname.split('/')[2] === botId) return true;
  return BOT_PARAMETERS.some((name) =>
    searchParams.getAll(name).some((value) => value.split('|')[0] === botId),
  );
}
