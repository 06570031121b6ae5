/** Status pages as people who may manage them see them. */
import {
  STATUS_VISIBILITIES,
  type StatusPage,
  StatusPageBots,
  StatusPageName,
  StatusPageTitle,
  visibilityOf,
} from '@hookpulse/common/bots/status-page';
import Type, { type Static } from 'typebox';

const Visibility = Type.Enum(STATUS_VISIBILITIES, {
  description: 'public: for everybody; link: for whoever has the secret link',
});
const ShowsReasons = Type.Boolean({
  description: 'whether incidents show the reason from the alert; default: false',
});

export const NewStatusPageSchema = Type.Object(
  {
    name: StatusPageName,
    title: StatusPageTitle,
    bot_ids: StatusPageBots,
    visibility: Type.Optional(
      Type.Enum(STATUS_VISIBILITIES, {
        description: 'public: for everybody; link (default): for whoever has the secret link',
      }),
    ),
    shows_reasons: Type.Optional(ShowsReasons),
  },
  {
    additionalProperties: false,
    examples: [{ name: 'orders', title: 'Orders', bot_ids: ['orders-bot'] }],
  },
);
export type NewStatusPage = Static<typeof NewStatusPageSchema>;

export const StatusPagePatchSchema = Type.Object(
  {
    title: Type.Optional(StatusPageTitle),
    bot_ids: Type.Optional(StatusPageBots),
    visibility: Type.Optional(Visibility),
    shows_reasons: Type.Optional(ShowsReasons),
  },
  { additionalProperties: false, minProperties: 1, examples: [{ visibility: 'public' }] },
);
export type StatusPagePatch = Static<typeof StatusPagePatchSchema>;

export const StatusPageViewSchema = Type.Object({
  name: StatusPageName,
  title: StatusPageTitle,
  bot_ids: StatusPageBots,
  visibility: Visibility,
  shows_reasons: ShowsReasons,
  path: Type.String({
    description: 'where the page is; without the key, if it is shown by link',
    examples: ['/status/orders'],
  }),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
});
export type StatusPageView = Static<typeof StatusPageViewSchema>;

/** After a change that may have made a link. */
export const ChangedStatusPageSchema = Type.Object({
  ...StatusPageViewSchema.properties,
  secret_path: Type.Union([Type.String(), Type.Null()], {
    description: 'path with the key, shown only once; null: no new link was made',
    examples: ['/status/orders?key=Xb3…'],
  }),
});
export type ChangedStatusPage = Static<typeof ChangedStatusPageSchema>;

export const StatusPagesSchema = Type.Object({
  status_pages: Type.Array(StatusPageViewSchema, { description: 'by name' }),
});
export type StatusPageList = Static<typeof StatusPagesSchema>;

export function statusPageView(page: StatusPage): StatusPageView {
  const { name, title, bot_ids, shows_reasons, created_at, updated_at } = page;
  return {
    ...{ name, title, bot_ids, visibility: visibilityOf(page), shows_reasons },
    ...{ path: `/status/${name}`, created_at, updated_at },
  };
}

/** @param key - of a link that was just made; null: none was */
export function changedStatusPage(page: StatusPage, key: string | null): ChangedStatusPage {
  const view = statusPageView(page);
  return { ...view, secret_path: key === null ? null : `${view.path}?key=${key}` };
}
