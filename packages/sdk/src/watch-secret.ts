/** Wrong secrets in front of a bot library, which refuses such deliveries before any middleware runs. */
import type { Reporter } from './reporter.ts';
import { SECRET_HEADER, verifySecret } from './secret.ts';

export interface WatchSecretOptions {
  /** The webhook's secret. */
  readonly secretToken: string;
  /** Of the webhook, such as `/telegram`. Default: every POST that the handler gets is a delivery. */
  readonly path?: string;
}

/**
 * Wraps a webhook's handler and reports deliveries whose secret is missing or wrong. The handler gets
 * every request as before, and answers it.
 * @param handler - its first argument is the request of `node:http`, Express, Fastify or `fetch`
 */
export function watchSecret<A extends readonly unknown[], R>(
  reporter: Reporter,
  options: WatchSecretOptions,
  handler: (...args: A) => R,
): (...args: A) => R {
  return (...args) => {
    try {
      report(reporter, options, args[0]);
    } catch {
      // The bot must not suffer from a request that cannot be read.
    }
    return handler(...args);
  };
}

function report(
  reporter: Reporter,
  { secretToken, path }: WatchSecretOptions,
  request: unknown,
): void {
  if (typeof request !== 'object' || request === null) return;
  if (property(request, 'method') !== 'POST') return;
  if (path !== undefined && pathOf(request) !== path) return;
  if (verifySecret(secretOf(request), secretToken)) return;
  reporter.wrongSecret({ ip_address: addressOf(request) });
}

/** The header of a request of any framework. */
export function secretOf(request: object): string | null {
  const headers = property(request, 'headers');
  if (headers instanceof Headers) return headers.get(SECRET_HEADER);
  const value = typeof headers === 'object' && headers ? property(headers, SECRET_HEADER) : null;
  return typeof value === 'string' ? value : null;
}

/**
 * Of the client as the framework knows it, and maybe no address: behind a trusted proxy it can be the
 * client's own text. `node:http` and `fetch` know only the nearest proxy, or none.
 */
export function addressOf(request: object): string | null {
  const address = property(request, 'ip');
  return typeof address === 'string' ? address : null;
}

function pathOf(request: object): string | null {
  const url = property(request, 'originalUrl') ?? property(request, 'url');
  return typeof url === 'string' ? new URL(url, 'http://webhook').pathname : null;
}

function property(value: object, name: string): unknown {
  return Reflect.get(value, name);
}
