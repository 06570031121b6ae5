/** For handlers of `Request` and `Response`: Cloudflare Workers, Deno, Bun, Hono and others. */
import { isRefused, ObservedRequest, type WebhookOptions } from './observed-request.ts';
import type { Reporter } from './reporter.ts';

export type { WebhookOptions } from './observed-request.ts';

/** What the runtime hands over beside the request, such as `env` and `ctx`. */
type Handler<A extends readonly unknown[]> = (
  request: Request,
  ...rest: A
) => Response | Promise<Response>;

/**
 * Wraps a handler of deliveries: reports the update as received, and by the answer as processed (2xx) or
 * failed. If the runtime hands over a `waitUntil`, as Cloudflare does, the reports are sent after the
 * answer and before the worker sleeps.
 */
export function hookpulse<A extends readonly unknown[]>(
  reporter: Reporter,
  options: WebhookOptions,
  handler: Handler<A>,
): (request: Request, ...rest: A) => Promise<Response> {
  return async (request, ...rest) => {
    try {
      if (isRefused(reporter, options, request)) return new Response(null, { status: 401 });
      return await observe(reporter, options, request, () => handler(request, ...rest));
    } finally {
      for (const one of rest) flushLater(reporter, one);
    }
  };
}

async function observe(
  reporter: Reporter,
  options: WebhookOptions,
  request: Request,
  work: () => Response | Promise<Response>,
): Promise<Response> {
  const observed = new ObservedRequest(reporter, options, await bodyOf(request));
  try {
    const response = await work();
    observed.ended(response.status);
    return response;
  } catch (error) {
    observed.threw(error);
    observed.ended(null);
    throw error;
  }
}

/** Of a copy: the handler reads the request itself. Undefined: it is no JSON. */
async function bodyOf(request: Request): Promise<unknown> {
  try {
    return await request.clone().json();
  } catch {
    return undefined;
  }
}

function flushLater(reporter: Reporter, context: unknown): void {
  if (typeof context !== 'object' || context === null || !('waitUntil' in context)) return;
  if (typeof context.waitUntil === 'function') context.waitUntil(reporter.flush());
}
