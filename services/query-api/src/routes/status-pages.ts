/** `/api/status-pages`: which status pages there are, and who sees them. */
import { isVisible } from '@hookpulse/api/access';
import type { Caller } from '@hookpulse/api/caller';
import {
  ChangedStatusPageSchema,
  changedStatusPage,
  NewStatusPageSchema,
  StatusPagePatchSchema,
  StatusPagesSchema,
  StatusPageViewSchema,
  statusPageView,
} from '@hookpulse/api/status-page-view';
import {
  type StatusPage,
  StatusPageName,
  type StatusVisibility,
} from '@hookpulse/common/bots/status-page';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { iso } from '@hookpulse/common/values/iso';
import { randomSecret, sha256Hex } from '@hookpulse/common/values/secrets';
import {
  assertMatches,
  entityTag,
  IfMatchSchema,
  preconditionFailedSchema,
} from '@hookpulse/service-kit/http/entity-tag';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import {
  conflict,
  ErrorBodySchema,
  forbidden,
  notFound,
} from '@hookpulse/service-kit/http/http-error';
import { invalidField } from '@hookpulse/service-kit/http/invalid-input';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { StatusPages } from '@hookpulse/topic-tables/status-pages/status-pages';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { OneAtATime } from '../one-at-a-time.ts';
import { visibleBotsOf } from './auth.ts';

export interface StatusPageRoutesDeps {
  readonly statusPages: StatusPages;
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly clock: Clock;
  /** Shared by all that change a status page. */
  readonly changing: OneAtATime;
}

const PATH = '/api/status-pages';
const PAGE_PATH = `${PATH}/:name`;
const tags = ['status pages'];
const config = { bots: 'filtered', hasEntityTag: true } as const;
const Params = Type.Object({ name: StatusPageName });

/** Each is held in memory by every process. */
const MAX_PAGES = 200;

export function registerStatusPages(app: HttpApp, deps: StatusPageRoutesDeps): void {
  registerReads(app, deps);
  registerWrites(app, deps);
}

function registerReads(app: HttpApp, { statusPages }: StatusPageRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { bots: 'filtered' },
      schema: {
        tags,
        summary: 'Status pages; a token for some bots sees those about its bots alone',
        response: { 200: StatusPagesSchema, 503: ErrorBodySchema },
      },
    },
    ({ caller }) => ({
      status_pages: statusPages
        .list()
        .filter((page) => isVisibleTo(page, caller))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(statusPageView),
    }),
  );

  app.get(
    PAGE_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'One status page',
        params: Params,
        response: { 200: StatusPageViewSchema, 404: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    (request, reply) => {
      const page = existing(statusPages, request.params.name, request.caller);
      reply.header('etag', entityTag(page));
      return statusPageView(page);
    },
  );
}

function registerWrites(
  app: HttpApp,
  { statusPages, registry, clock, changing }: StatusPageRoutesDeps,
): void {
  app.post(
    PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Creates a status page; its secret link is shown only once',
        body: NewStatusPageSchema,
        response: {
          201: ChangedStatusPageSchema,
          400: ErrorBodySchema,
          403: ErrorBodySchema,
          409: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    ({ body, caller }, reply) =>
      changing(async () => {
        const { name, title, bot_ids, visibility = 'link', shows_reasons = false } = body;
        assertBots(bot_ids, caller);
        if (statusPages.get(name))
          throw conflict(`A status page with the name ${name} already exists.`);
        if (statusPages.list().length >= MAX_PAGES) {
          throw conflict(`There are ${MAX_PAGES} status pages already: delete some first.`);
        }
        const { key, key_sha256 } = newKey(visibility);
        const at = iso(clock.now());
        const page: StatusPage = {
          ...{ name, title: title.trim(), bot_ids, key_sha256, shows_reasons },
          ...{ created_at: at, updated_at: at },
        };
        await statusPages.put(page);
        return reply
          .code(201)
          .header('location', `${PATH}/${name}`)
          .header('etag', entityTag(page))
          .send(changedStatusPage(page, key));
      }),
  );

  app.patch(
    PAGE_PATH,
    {
      config,
      schema: {
        tags,
        summary:
          'Changes a status page; one that becomes secret gets a link, which is shown only once',
        params: Params,
        headers: IfMatchSchema,
        body: StatusPagePatchSchema,
        response: {
          200: ChangedStatusPageSchema,
          400: ErrorBodySchema,
          403: ErrorBodySchema,
          404: ErrorBodySchema,
          412: preconditionFailedSchema(StatusPageViewSchema),
          503: ErrorBodySchema,
        },
      },
    },
    (request, reply) =>
      changing(async () => {
        const before = expected(request, request.params.name);
        const { visibility, title = before.title, ...others } = request.body;
        const { bot_ids = [] } = others;
        // Those of before may stay: also one that was removed since.
        const added = bot_ids.filter((botId) => !before.bot_ids.includes(botId));
        assertBots(added, request.caller);
        const keyed = keyAfter(before, visibility);
        const page = await changed({ ...before, ...others, title: title.trim(), ...keyed.change });
        reply.header('etag', entityTag(page));
        return changedStatusPage(page, keyed.key);
      }),
  );

  app.post(
    `${PAGE_PATH}/link`,
    {
      config,
      schema: {
        tags,
        summary: 'Replaces the secret link; the previous link stops working',
        params: Params,
        headers: IfMatchSchema,
        response: {
          200: ChangedStatusPageSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          409: ErrorBodySchema,
          412: preconditionFailedSchema(StatusPageViewSchema),
          503: ErrorBodySchema,
        },
      },
    },
    (request, reply) =>
      changing(async () => {
        const before = expected(request, request.params.name);
        if (before.key_sha256 === null)
          throw conflict('This status page is public: it has no link.');
        const { key, key_sha256 } = newKey('link');
        const page = await changed({ ...before, key_sha256 });
        reply.header('etag', entityTag(page));
        return changedStatusPage(page, key);
      }),
  );

  app.delete(
    PAGE_PATH,
    {
      config,
      schema: {
        tags,
        summary: 'Deletes a status page',
        params: Params,
        headers: IfMatchSchema,
        response: {
          204: Type.Null(),
          404: ErrorBodySchema,
          412: preconditionFailedSchema(StatusPageViewSchema),
          503: ErrorBodySchema,
        },
      },
    },
    (request, reply) =>
      changing(async () => {
        await statusPages.forget(expected(request, request.params.name).name);
        return reply.code(204).send(null);
      }),
  );

  /** @throws HttpError 404, 412 */
  function expected(request: FastifyRequest, name: string): StatusPage {
    const page = existing(statusPages, name, request.caller);
    assertMatches(request, page, () => statusPageView(page));
    return page;
  }

  async function changed(page: StatusPage): Promise<StatusPage> {
    const after = { ...page, updated_at: iso(clock.now()) };
    await statusPages.put(after);
    return after;
  }

  /** @throws HttpError 400, 403 */
  function assertBots(botIds: readonly string[], caller: Caller | null): void {
    const bots = visibleBotsOf(caller);
    if (!botIds.every((botId) => isVisible(bots, botId))) {
      throw forbidden('This token is restricted to some bots; bot_ids must be among them.');
    }
    const unknown = botIds.filter((botId) => !registry.get(botId));
    if (unknown.length > 0) throw invalidField('bot_ids', `There is no bot ${unknown.join(', ')}`);
  }
}

interface NewKey {
  /** Null: the page is public. */
  readonly key: string | null;
  readonly key_sha256: string | null;
}

function newKey(visibility: StatusVisibility): NewKey {
  if (visibility === 'public') return { key: null, key_sha256: null };
  const key = randomSecret();
  return { key, key_sha256: sha256Hex(key) };
}

/** A link that there is stays. */
function keyAfter(
  { key_sha256 }: StatusPage,
  visibility: StatusVisibility | undefined,
): { readonly key: string | null; readonly change: Partial<StatusPage> } {
  const isSame = visibility === undefined || (visibility === 'link' && key_sha256 !== null);
  if (isSame) return { key: null, change: {} };
  const made = newKey(visibility);
  return { key: made.key, change: { key_sha256: made.key_sha256 } };
}

/** @throws HttpError 404 */
function existing(
  statusPages: Pick<StatusPages, 'get'>,
  name: string,
  caller: Caller | null,
): StatusPage {
  const page = statusPages.get(name);
  if (!page || !isVisibleTo(page, caller))
    throw notFound('There is no status page with this name.');
  return page;
}

/** A token for some bots sees no page about other bots. */
function isVisibleTo({ bot_ids }: StatusPage, caller: Caller | null): boolean {
  const bots = visibleBotsOf(caller);
  return bot_ids.every((botId) => isVisible(bots, botId));
}
