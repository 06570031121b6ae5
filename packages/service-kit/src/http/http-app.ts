/** What every HTTP server of Hookpulse is to its routes: Fastify, with our logger and our schemas. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginCallback } from 'fastify';
import type { TypeBoxTypeProvider } from './schema-compiler.ts';

/** Fastify with our logger, and types from TypeBox schemas. `request.log` is the given logger. */
export type HttpApp = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Routes with hooks or body parsers of their own: `app.register(plugin, options)`. */
export type HttpPlugin<Options extends object> = FastifyPluginCallback<
  Options,
  Server,
  TypeBoxTypeProvider
>;
