/**
 * The dashboard: a single-page app that `vite build` makes of packages/dashboard. Every address of a
 * page gives the same document; what is not a page stays unknown.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { notFound } from '@hookpulse/common/http/http-error';
import { PAGE_PATHS } from '@hookpulse/dashboard/page-paths';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';

const DOCUMENT = 'index.html';
const BUILT_FOLDER = join(import.meta.dirname, '../../../../packages/dashboard/dist');

/** Asked for again each time, so that a new build is seen; answered 304 while it is the same. */
const ASK_AGAIN = 'no-cache';
/** The name of an asset is made of its content: under that name nothing else will ever be. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Anybody may have it: what it shows it asks for, with the token of who looks at it. */
const PUBLIC = { config: { access: 'public' }, schema: { hide: true } } as const;
const AssetParams = Type.Object({ file: Type.String() });

/** @param folder - the built files; default: those of this repository */
export function registerDashboard(app: HttpApp, folder: string = BUILT_FOLDER): void {
  app.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    // Set by the routes.
    cacheControl: false,
    suppressWarning: true,
  });

  for (const path of Object.values(PAGE_PATHS)) {
    app.get(path, PUBLIC, (_request, reply) => {
      if (!existsSync(join(folder, DOCUMENT))) {
        throw notFound('The dashboard has not been built: run npx vite build packages/dashboard.');
      }
      return sendFile(reply, DOCUMENT, ASK_AGAIN);
    });
  }

  app.get(
    '/assets/:file',
    { ...PUBLIC, schema: { ...PUBLIC.schema, params: AssetParams } },
    (request, reply) => {
      const path = join('assets', basename(request.params.file));
      if (!existsSync(join(folder, path))) throw notFound('There is nothing at this path.');
      return sendFile(reply, path, FOR_EVER);
    },
  );
}

function sendFile(reply: FastifyReply, path: string, cacheControl: string): FastifyReply {
  reply.header('cache-control', cacheControl);
  return reply.sendFile(path);
}
