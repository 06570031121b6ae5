/** What every HTTP server of Hookpulse is to its routes: Fastify, with our logger and our schemas. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyPluginCallback,
  FastifyRequest,
} from 'fastify';
import type { Span } from '../telemetry/tracer.ts';
import type { TypeBoxTypeProvider } from './schema-compiler.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request is traced. */
    span?: Span | null;
  }
}

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

/** Whether a person may be looking: programs take anything, or JSON. */
export function acceptsHtml({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers.accept?.includes('text/html') ?? false;
}
