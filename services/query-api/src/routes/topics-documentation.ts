/** `/api/asyncapi.json` and `/api/docs/topics`: what stream consumers may rely on, for programs and people. */
import { asyncApiDocument } from '@hookpulse/api/asyncapi';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { VERSION } from '@hookpulse/service-kit/process/version';
import Type from 'typebox';
import { topicsPage } from '../domain/topics-page.ts';

const tags = ['documentation'];
export const TOPICS_PAGE_PATH = '/api/docs/topics';

/** @param basePath - under which the app is reached; empty: none */
export function registerTopicsDocumentation(app: HttpApp, basePath: string): void {
  const document = asyncApiDocument({ version: VERSION, topics: TOPIC_SPECS });
  const page = topicsPage(document, basePath);

  app.get(
    '/api/asyncapi.json',
    {
      config: { bots: 'any' },
      schema: {
        tags,
        summary: 'The public topics as an AsyncAPI 3.0 document',
        response: {
          200: Type.Object(
            {},
            { additionalProperties: true, description: 'An AsyncAPI 3.0 document' },
          ),
        },
      },
    },
    () => document,
  );

  app.get(
    TOPICS_PAGE_PATH,
    {
      config: { bots: 'any', isPage: true },
      schema: {
        tags,
        summary: 'The public topics as a page',
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
      return page;
    },
  );
}
