/** Middleware for Express and what is like it: https://expressjs.com */
import { isRefused, ObservedRequest, type WebhookOptions } from './observed-request.ts';
import type { Reporter } from './reporter.ts';

export type { WebhookOptions } from './observed-request.ts';

/** What is used of a response. */
export interface WebhookResponse {
  statusCode: number;
  readonly writableFinished: boolean;
  end(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

type Next = (error?: unknown) => void;

/** Symbols, so that no field of the request is in the way. */
const OBSERVED = Symbol('hookpulse');

/**
 * `app.post('/telegram', express.json(), hookpulse(reporter, { secretToken }), handler)`: reports the
 * update as received, and by the answer as processed (2xx) or failed.
 */
export function hookpulse(reporter: Reporter, options: WebhookOptions = {}) {
  // Of a request only `body` is used. To name it here would make its type unknown in the handlers after it.
  return (request: object, response: WebhookResponse, next: Next): void => {
    if (isRefused(reporter, options, request)) {
      response.statusCode = 401;
      response.end();
      return;
    }
    const observed = new ObservedRequest(reporter, options, Reflect.get(request, 'body'));
    Object.defineProperty(request, OBSERVED, { value: observed, configurable: true });
    response.once('close', () =>
      observed.ended(response.writableFinished ? response.statusCode : null),
    );
    next();
  };
}

/** `app.use(hookpulseErrors())`, after all routes: reports errors by their type and message. */
export function hookpulseErrors() {
  return (error: unknown, request: object, _response: unknown, next: Next): void => {
    const observed: unknown = Reflect.get(request, OBSERVED);
    if (observed instanceof ObservedRequest) observed.threw(error);
    next(error);
  };
}
