/**
 * The dashboard: a single-page app that `vite build` makes of packages/dashboard. Every address of a
 * page gives the same document; what is not a page stays unknown.
 */
import { join } from 'node:path';
import { negotiate } from '@fastify/accept-negotiator';
import { PAGE_PATHS } from '@hookpulse/api/page-paths';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { acceptsHtml } from '@hookpulse/service-kit/http/http-app';
import { notFound } from '@hookpulse/service-kit/http/http-error';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import Type from 'typebox';
import {
  CONTENT_CODINGS,
  type ContentCoding,
  type DashboardFile,
  documentUnder,
  readDashboardFiles,
} from '../dashboard-files.ts';

const DOCUMENT = 'index.html';
const BUILT_FOLDER = join(import.meta.dirname, '../../../../packages/dashboard/dist');

/** Asked for again each time, so that a new build is seen; answered 304 while it is the same. */
const ASK_AGAIN = 'no-cache';
/** The name of an asset is made of its content: under that name nothing else will ever be. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Of the API, or a file of a page: none that a person opens. */
const NO_PAGE = /^\/(api|assets)(\/|\?|$)/;

/** Anybody may have it: what it shows it asks for, with the token of who looks at it. */
const PUBLIC = { config: { access: 'public' }, schema: { hide: true } } as const;
const AssetParams = Type.Object({ file: Type.String() });

export interface BuiltDashboard {
  readonly files: ReadonlyMap<string, DashboardFile>;
  /** What every page is; undefined: the dashboard has not been built. */
  readonly document: DashboardFile | undefined;
}

/**
 * @param basePath - under which people reach the app; empty: none
 * @param folder - the built files; default: those of this repository
 */
export function readDashboard(basePath: string, folder: string = BUILT_FOLDER): BuiltDashboard {
  const files = readDashboardFiles(folder);
  const built = files.get(DOCUMENT);
  return { files, document: built && documentUnder(built, basePath) };
}

/** A browser at an address that leads nowhere gets the dashboard, which says so; programs get the error. */
export function showUnknownPage({ document }: BuiltDashboard): onRequestHookHandler {
  return (request, reply, done) => {
    const isPage = request.is404 && request.method === 'GET' && !NO_PAGE.test(request.url);
    if (!document || !isPage || !acceptsHtml(request)) return done();
    reply.code(404).header('cache-control', ASK_AGAIN);
    sendBody(request, reply, document);
  };
}

export function registerDashboard(app: HttpApp, { files, document }: BuiltDashboard): void {
  for (const path of Object.values(PAGE_PATHS)) {
    app.get(path, PUBLIC, (request, reply) => {
      if (!document) {
        throw notFound(
          'The dashboard has not been built: run npx vite build packages/dashboard, then start again.',
        );
      }
      return sendFile(request, reply.header('cache-control', ASK_AGAIN), document);
    });
  }

  app.get(
    '/assets/:file',
    { ...PUBLIC, schema: { ...PUBLIC.schema, params: AssetParams } },
    (request, reply) => {
      const asset = files.get(`assets/${request.params.file}`);
      if (!asset) throw notFound('No route matches this path.');
      return sendFile(request, reply.header('cache-control', FOR_EVER), asset);
    },
  );
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: DashboardFile): FastifyReply {
  reply.header('etag', file.etag);
  if (holds(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  return sendBody(request, reply, file);
}

function sendBody(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { contentType, bodies }: DashboardFile,
): FastifyReply {
  // CORS has set it already where other origins are allowed.
  const varies = [reply.getHeader('vary') ?? [], 'accept-encoding'].flat();
  reply.header('vary', varies.join(', '));
  const offered = CONTENT_CODINGS.filter((coding) => bodies.has(coding));
  const coding = codingOf(headers['accept-encoding'], offered);
  if (coding !== 'identity') reply.header('content-encoding', coding);
  return reply.type(contentType).send(bodies.get(coding));
}

function codingOf(accepted: string | string[] | undefined, offered: readonly ContentCoding[]) {
  if (typeof accepted !== 'string') return 'identity';
  // Of what a browser takes as well as another one, it takes the one that is offered first.
  return offered.find((coding) => negotiate(accepted, [coding]) !== null) ?? 'identity';
}

/** RFC 9110, section 13.1.2: any of a list, weak or not. */
function holds(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false;
  return condition.split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')));
}
