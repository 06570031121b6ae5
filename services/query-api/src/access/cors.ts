/**
 * Pages of other origins (https://fetch.spec.whatwg.org/#http-cors-protocol): none may ask unless it
 * is listed. A listed one shows a token; cookies are never taken from another origin.
 */
import type { onRequestHookHandler } from 'fastify';

const ALLOWED_METHODS = 'GET, HEAD, POST, PATCH, DELETE';
const ALLOWED_HEADERS = 'authorization, content-type, if-match, last-event-id, x-request-id';
const EXPOSED_HEADERS = 'x-request-id, retry-after, location, etag';
/** Ten minutes; browsers cap it at some hours. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** To run before anything else. @param origins - such as `https://grafana.example.com` */
export function answerCors(origins: readonly string[]): onRequestHookHandler {
  if (origins.length === 0) return (_request, _reply, done) => done();
  const listed = new Set(origins);
  return (request, reply, done) => {
    // Whatever a cache keeps, it keeps for one origin.
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !listed.has(origin)) return done();
    reply.header('access-control-allow-origin', origin);
    const isPreflight =
      request.method === 'OPTIONS' &&
      request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) {
      reply.header('access-control-expose-headers', EXPOSED_HEADERS);
      return done();
    }
    reply
      .code(204)
      .headers({
        'access-control-allow-methods': ALLOWED_METHODS,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': PREFLIGHT_MAX_AGE_SECONDS,
      })
      .send();
  };
}
