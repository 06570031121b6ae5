/**
 * Serving under a path, such as `https://ops.example.com/hookpulse`. Routes know nothing of it: it is
 * taken off a request's path, and put before the paths that answers name. Requests without it are
 * served too, since some proxies take it off themselves.
 */
import type { HttpApp } from './http-app.ts';

/** The path of a public URL without a slash at its end: `/hookpulse`, or empty. Null: none is known. */
export function basePathOf(publicUrl: string | null): string {
  const path = publicUrl === null ? '' : (URL.parse(publicUrl)?.pathname ?? '');
  return path.replace(/\/+$/, '');
}

/** @param target - path and query, as a request line has them */
export function withoutBasePath(target: string, basePath: string): string {
  if (basePath === '') return target;
  // Proxies may join with two slashes, and send the absolute form (RFC 9112, section 3.2.2).
  const path = target.replace(/^(?:https?:\/\/[^/?#]*)?\/*/i, '/');
  if (!path.startsWith(basePath)) return target;
  const rest = path.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : target;
}

/** To be called after all hooks that read `Location`. */
export function locateUnder(app: HttpApp, basePath: string): void {
  if (basePath === '') return;
  app.addHook('onSend', (_request, reply, payload, done) => {
    const location = reply.getHeader('location');
    if (typeof location === 'string' && location.startsWith('/')) {
      reply.header('location', basePath + location);
    }
    done(null, payload);
  });
}
