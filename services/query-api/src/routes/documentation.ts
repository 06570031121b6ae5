/** `/api/openapi.json` and `/api/docs`: what the routes say of themselves, for programs and people. */

import { isRecord } from '@hookpulse/api/schema-example';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import { VERSION } from '@hookpulse/service-kit/process/version';
import type { RouteOptions } from 'fastify';
import Type from 'typebox';
import { docsPage } from '../domain/docs-page.ts';
import { type DocumentedRoute, type OpenApiDocument, openApiDocument } from '../domain/openapi.ts';
import { accessOf } from './auth.ts';

declare module 'fastify' {
  interface FastifySchema {
    /** Of a route for browsers: it is no part of the API. */
    hide?: boolean;
  }
  interface FastifyContextConfig {
    /** Whether its answers carry an `ETag`; default: none. */
    hasEntityTag?: boolean;
  }
}

const tags = ['documentation'];
const DocumentSchema = Type.Object(
  {},
  { additionalProperties: true, description: 'An OpenAPI 3.1 document' },
);

/**
 * @param routes - all of the app; those that come later belong to it, too
 * @param basePath - under which the app is reached; empty: none
 */
export function registerDocumentation(
  app: HttpApp,
  routes: readonly RouteOptions[],
  basePath: string,
): void {
  // Made when it is first asked for: then all routes are there, and they do not change.
  let made: { readonly document: OpenApiDocument; readonly page: string } | null = null;
  const documentation = () => {
    if (made) return made;
    const documented = routes.flatMap(documentedRoutes);
    const document = openApiDocument(documented, {
      version: VERSION,
      serverUrl: basePath === '' ? '/' : basePath,
      errorSchema: ErrorBodySchema,
    });
    made = { document, page: docsPage(document, basePath) };
    return made;
  };

  app.get(
    '/api/openapi.json',
    {
      config: { bots: 'any' },
      schema: {
        tags,
        summary: 'This API as an OpenAPI 3.1 document',
        response: { 200: DocumentSchema },
      },
    },
    () => documentation().document,
  );

  app.get(
    '/api/docs',
    {
      config: { isPage: true, bots: 'any' },
      schema: {
        tags,
        summary: 'This API as a readable page',
        produces: ['text/html'],
        response: {
          200: Type.String({ description: 'HTML' }),
          302: Type.Null({
            description: 'Redirects a browser that has not signed in to the sign-in page',
          }),
        },
      },
    },
    (_request, reply) => {
      reply.type('text/html; charset=utf-8');
      return documentation().page;
    },
  );
}

function documentedRoutes(route: RouteOptions): DocumentedRoute[] {
  const { url, config } = route;
  const schema = isRecord(route.schema) ? route.schema : {};
  return [route.method]
    .flat()
    .filter((method) => method !== 'HEAD' && !schema.hide)
    .map((method) => ({
      method,
      path: url,
      access: accessOf(method, { url, ...(config ? { config } : {}) }),
      hasOptionalBody: config?.hasOptionalBody ?? false,
      hasEntityTag: config?.hasEntityTag ?? false,
      schema,
    }));
}
