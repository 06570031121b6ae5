/** Hooks for Fastify: https://fastify.dev */
import { isRefused, ObservedRequest, type WebhookOptions } from './observed-request.ts';
import type { Reporter } from './reporter.ts';

export type { WebhookOptions } from './observed-request.ts';

/** What is used of a request. */
export interface WebhookRequest {
  readonly body?: unknown;
}

/** What is used of a reply. */
export interface WebhookReply {
  readonly statusCode: number;
  readonly raw: {
    readonly writableFinished: boolean;
    once(event: 'close', on: () => void): unknown;
  };
  code(statusCode: number): WebhookReply;
  send(): unknown;
}

type Done = () => void;

/**
 * `app.post('/telegram', hookpulse(reporter, { secretToken }), handler)`: options of a route that report
 * the update as received, and by the answer as processed (2xx) or failed.
 */
export function hookpulse(reporter: Reporter, options: WebhookOptions = {}) {
  const observed = new WeakMap<object, ObservedRequest>();
  return {
    onRequest(request: WebhookRequest, reply: WebhookReply, done: Done): void {
      if (isRefused(reporter, options, request)) reply.code(401).send();
      else done();
    },
    preHandler(request: WebhookRequest, reply: WebhookReply, done: Done): void {
      const one = new ObservedRequest(reporter, options, request.body);
      observed.set(request, one);
      const { raw } = reply;
      raw.once('close', () => one.ended(raw.writableFinished ? reply.statusCode : null));
      done();
    },
    onError(request: WebhookRequest, _reply: unknown, error: unknown, done: Done): void {
      observed.get(request)?.threw(error);
      done();
    },
  };
}
