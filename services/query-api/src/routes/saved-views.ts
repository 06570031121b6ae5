/** `/api/saved-views`: pages of the dashboard that somebody kept under a name. Each token has its own. */
import { randomUUID } from 'node:crypto';
import { ADMIN_TOKEN_NAME, type Caller, READ_TOKEN_NAME, tokenKey } from '@hookpulse/api/caller';
import {
  NewSavedViewSchema,
  type OwnView,
  OwnViewSchema,
  SAVED_VIEWS_PATH,
  SavedViewPatchSchema,
  SavedViewsSchema,
} from '@hookpulse/api/saved-view-list';
import type { SavedView } from '@hookpulse/common/bots/saved-view';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { conflict, ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import type { SavedViews } from '@hookpulse/topic-tables/saved-views/saved-views';
import type { NamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import Type from 'typebox';
import type { OneAtATime } from '../one-at-a-time.ts';

export interface SavedViewRoutesDeps {
  readonly savedViews: SavedViews;
  readonly namedTokens: Pick<NamedTokens, 'byId'>;
  readonly logger: Logger;
  /** Shared by all that change a saved view. */
  readonly changing: OneAtATime;
}

const VIEW_PATH = `${SAVED_VIEWS_PATH}/:view_id`;
const tags = ['saved views'];
/** Read access is enough: a saved view changes nothing for others. */
const config = { access: 'read', bots: 'any', isAudited: false } as const;
const Params = Type.Object({ view_id: Type.String() });

/** More than anybody finds again. */
const MAX_VIEWS = 100;
const ENVIRONMENT_OWNERS: readonly string[] = [ADMIN_TOKEN_NAME, READ_TOKEN_NAME];

export function registerSavedViews(app: HttpApp, deps: SavedViewRoutesDeps): void {
  const { savedViews, changing } = deps;

  app.get(
    SAVED_VIEWS_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Saved views of the token that asks',
        response: { 200: SavedViewsSchema, 503: ErrorBodySchema },
      },
    },
    ({ caller }) => ({
      views: ownViews(caller)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(shown),
    }),
  );

  app.post(
    SAVED_VIEWS_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Saves a view under a name; each name once',
        body: NewSavedViewSchema,
        response: {
          201: OwnViewSchema,
          400: ErrorBodySchema,
          409: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    ({ body, caller }, reply) =>
      changing(async () => {
        const name = body.name.trim();
        const own = ownViews(caller);
        assertFree(name, own);
        if (own.length >= MAX_VIEWS) {
          throw conflict(`There are ${MAX_VIEWS} saved views already: delete some first.`);
        }
        const view = { view_id: randomUUID(), owner: ownerOf(caller), name, path: body.path };
        await savedViews.put(view);
        void forgetOrphans(deps);
        return reply
          .code(201)
          .header('location', `${SAVED_VIEWS_PATH}/${view.view_id}`)
          .send(shown(view));
      }),
  );

  app.patch(
    VIEW_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Renames a saved view',
        params: Params,
        body: SavedViewPatchSchema,
        response: {
          200: OwnViewSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          409: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    ({ params, body, caller }) =>
      changing(async () => {
        const view = existing(params.view_id, caller);
        const name = body.name.trim();
        assertFree(
          name,
          ownViews(caller).filter((one) => one !== view),
        );
        const renamed = { ...view, name };
        await savedViews.put(renamed);
        return shown(renamed);
      }),
  );

  app.delete(
    VIEW_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Deletes a saved view',
        params: Params,
        response: { 204: Type.Null(), 404: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    ({ params, caller }, reply) =>
      changing(async () => {
        await savedViews.forget([existing(params.view_id, caller).view_id]);
        return reply.code(204).send(null);
      }),
  );

  function ownViews(caller: Caller | null): SavedView[] {
    const owner = ownerOf(caller);
    return savedViews.list().filter((view) => view.owner === owner);
  }

  /** @throws HttpError 404, also for one of somebody else */
  function existing(viewId: string, caller: Caller | null): SavedView {
    const view = ownViews(caller).find(({ view_id }) => view_id === viewId);
    if (!view) throw notFound('There is no saved view with this view_id.');
    return view;
  }
}

/** @throws HttpError 409 */
function assertFree(name: string, views: readonly SavedView[]): void {
  if (!views.some((view) => view.name === name)) return;
  throw conflict(`There is a saved view named ${name} already.`);
}

function ownerOf(caller: Caller | null): string {
  return caller ? tokenKey(caller.token) : '';
}

function shown({ view_id, name, path }: SavedView): OwnView {
  return { view_id, name, path };
}

/**
 * Views of tokens that were revoked. Not waited for, and never rejects: whoever asked does not need it.
 */
async function forgetOrphans({
  savedViews,
  namedTokens,
  logger,
}: SavedViewRoutesDeps): Promise<void> {
  try {
    const orphans = savedViews
      .list()
      .filter(({ owner }) => !ENVIRONMENT_OWNERS.includes(owner) && !namedTokens.byId(owner));
    await savedViews.forget(orphans.map(({ view_id }) => view_id));
  } catch (error) {
    logger.warn({ err: error }, 'saved views of revoked tokens could not be deleted');
  }
}
