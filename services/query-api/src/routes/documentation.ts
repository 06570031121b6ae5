/** `/api/openapi.json` and `/api/docs`: what the routes say of themselves, for programs and people. */

import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import { isRecord } from '@hookpulse/api/schema-example';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import { VERSION } from '@hookpulse/service-kit/process/version';
import type { RouteOptions } from 'fastify';
import Type from 'typebox';
import {
  completeOperation,
  type DocumentedRoute,
  describedSchema,
  SECURITY_SCHEMES,
  TAGS,
} from '../domain/openapi.ts';
import { HEADER_COMPONENTS } from '../domain/openapi-answers.ts';
import { accessOf } from './auth.ts';
import { TOPICS_PAGE_PATH } from './topics-documentation.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether its answers carry an `ETag`; default: none. */
    hasEntityTag?: boolean;
  }
}

const DOCS_PATH = '/api/docs';
const MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4f46e5"/><path d="M5 17h6l3-8 4 14 3-6h6" fill="none" stroke="white" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>';
/** The document is always this one: none is asked for. */
const STYLE = '.swagger-ui .topbar .download-url-wrapper { display: none; }';
const tags = ['documentation'];
const DocumentSchema = Type.Object(
  {},
  { additionalProperties: true, description: 'An OpenAPI 3.1 document' },
);

const PageSchema = {
  tags,
  summary: 'This API as a page on which it can be tried',
  produces: ['text/html'],
  response: {
    200: Type.String({ description: 'HTML' }),
    302: Type.Null({
      description: 'Redirects a browser that has not signed in to the sign-in page',
    }),
  },
};

/**
 * Documents every route that is registered after it.
 *
 * @param basePath - under which the app is reached; empty: none
 */
export function documentRoutes(app: HttpApp, basePath: string): void {
  const root = basePath === '' ? '/' : basePath;
  const documented = new Map<string, DocumentedRoute>();
  app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hookpulse query API',
        version: VERSION,
        description: `Health, traffic, alerts and administration of Telegram bots. A trailing slash is optional. Every answer carries \`x-request-id\`; every error has the same shape. Programs send a token as \`Authorization: Bearer <token>\`; a browser that has signed in sends its session.\n\nRecords on the topics are described in [Topics](${basePath}${TOPICS_PAGE_PATH}).`,
      },
      servers: [{ url: root }],
      externalDocs: { description: 'Dashboard', url: root },
      tags: [...TAGS],
      components: {
        schemas: { Error: ErrorBodySchema },
        headers: HEADER_COMPONENTS,
        securitySchemes: SECURITY_SCHEMES,
      },
    },
    // OpenAPI 3.1 has `const`.
    convertConstToEnum: false,
    transform({ schema, url, route }) {
      if (schema?.hide ?? false) return { schema, url };
      const one = documentedRoute(route);
      const described = describedSchema(one, ErrorBodySchema);
      documented.set(described.operationId, one);
      return { schema: { ...schema, ...described }, url };
    },
    transformObject(made) {
      const document = 'openapiObject' in made ? made.openapiObject : {};
      const operations = Object.values(document.paths ?? {}).flatMap((one) =>
        Object.values(one ?? {}),
      );
      for (const operation of operations) {
        if (!isRecord(operation)) continue;
        const route = documented.get(`${operation.operationId}`);
        if (route) Object.assign(operation, completeOperation(operation, route, ErrorBodySchema));
      }
      return document;
    },
  });
}

/** To be called where `documentRoutes` has taken effect. @param basePath - as there */
export function registerDocumentation(app: HttpApp, basePath: string): void {
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
    () => app.swagger(),
  );

  app.register((pages, _options, done) => {
    pages.addHook('onRoute', (route) => {
      const isPage = route.url === DOCS_PATH;
      route.config = { ...route.config, bots: 'any', isPage };
      if (isPage) route.schema = { ...route.schema, hide: false, ...PageSchema };
    });
    pages.register(fastifySwaggerUi, {
      routePrefix: DOCS_PATH,
      indexPrefix: basePath,
      uiConfig: {
        deepLinking: true,
        tryItOutEnabled: true,
        // One schema stands there, that of errors.
        defaultModelsExpandDepth: -1,
      },
      logo: { type: 'image/svg+xml', content: MARK },
      theme: {
        title: 'Hookpulse API',
        css: [{ filename: 'hookpulse.css', content: STYLE }],
        favicon: [
          { filename: 'mark.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: MARK },
        ],
      },
    });
    done();
  });
}

function documentedRoute({ method, url, config, schema }: RouteOptions): DocumentedRoute {
  // Routes of the API have one; those with more are hidden.
  const [name = 'GET'] = [method].flat();
  return {
    method: name,
    path: url,
    access: accessOf(name, { url, ...(config ? { config } : {}) }),
    hasOptionalBody: config?.hasOptionalBody ?? false,
    hasEntityTag: config?.hasEntityTag ?? false,
    schema: isRecord(schema) ? schema : {},
  };
}
