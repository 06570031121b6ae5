/** `/status/<name>` and `/api/status/<name>`: status pages, for people who have no token. */
import { type PublicStatus, PublicStatusSchema } from '@hookpulse/api/public-status';
import { type StatusPage, StatusPageName } from '@hookpulse/common/bots/status-page';
import { matchesSha256, sha256Hex } from '@hookpulse/common/values/secrets';
import { entityTag } from '@hookpulse/service-kit/http/entity-tag';
import { acceptsHtml, type HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import type { StatusPages } from '@hookpulse/topic-tables/status-pages/status-pages';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { type PublicStatusDeps, publicStatus } from '../status/public-status.ts';
import { remembered } from '../status/remembered.ts';
import { NO_STATUS_HTML, statusHtml } from '../status/status-html.ts';

export interface PublicStatusRoutesDeps extends PublicStatusDeps {
  readonly statusPages: Pick<StatusPages, 'get'>;
}

const config = { access: 'public' } as const;
const Params = Type.Object({ name: StatusPageName });
const AnyParams = Type.Object({ name: Type.String() });
const Query = Type.Object({
  key: Type.Optional(
    Type.String({ maxLength: 256, description: 'of the secret link; not needed for public pages' }),
  ),
});

const KEPT_SECONDS = 30;
const MAX_KEPT = 200;
/** So that a name that is not there takes as long as a wrong key. */
const NO_KEY_SHA256 = sha256Hex('');
const HTML = 'text/html; charset=utf-8';

interface StatusDocument {
  readonly status: PublicStatus;
  readonly html: string;
}

export function registerPublicStatus(app: HttpApp, deps: PublicStatusRoutesDeps): void {
  const { statusPages, clock } = deps;
  const documents = remembered<StatusDocument>(KEPT_SECONDS * 1_000, MAX_KEPT);
  const documentOf = (page: StatusPage) =>
    // A page that was changed is another one.
    documents(entityTag(page), clock.now(), async () => {
      const status = await publicStatus(page, deps);
      return { status, html: statusHtml(status) };
    });

  app.get(
    '/api/status/:name',
    {
      config,
      schema: {
        tags: ['status pages'],
        summary: 'What a status page shows; up to 30 seconds old',
        params: Params,
        querystring: Query,
        response: {
          200: PublicStatusSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async ({ params, query }, reply) => {
      const page = opened(params.name, query.key);
      if (!page) throw notFound('There is no such status page, or the key is wrong.');
      const { status } = await documentOf(page);
      setHeaders(reply, page);
      return status;
    },
  );

  app.get(
    '/status/:name',
    { config, schema: { hide: true, params: AnyParams, querystring: Query } },
    async (request, reply) => {
      const page = opened(request.params.name, request.query.key);
      if (!page) {
        if (!acceptsHtml(request)) throw notFound('There is no such status page.');
        return reply.code(404).type(HTML).send(NO_STATUS_HTML);
      }
      const { html } = await documentOf(page);
      return setHeaders(reply, page).type(HTML).send(html);
    },
  );

  /** Undefined: there is none, or not for whoever has this key. @throws TableNotReadError */
  function opened(name: string, key = ''): StatusPage | undefined {
    const page = statusPages.get(name);
    if (page?.key_sha256 === null) return page;
    const isRight = matchesSha256(key, page?.key_sha256 ?? NO_KEY_SHA256);
    return isRight ? page : undefined;
  }
}

function setHeaders(reply: FastifyReply, { key_sha256 }: StatusPage): FastifyReply {
  if (key_sha256 === null) {
    return reply.header('cache-control', `public, max-age=${KEPT_SECONDS}`);
  }
  return reply
    .header('cache-control', `private, max-age=${KEPT_SECONDS}`)
    .header('x-robots-tag', 'noindex');
}
