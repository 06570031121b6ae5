/** Bounds how often one address and one token may ask. */
import { clientKey } from '@hookpulse/common/http/client-address';
import { HttpError } from '@hookpulse/common/http/http-error';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { onRequestHookHandler } from 'fastify';
import { createRateLimiter } from '../domain/rate-limiter.ts';

/** Requests a minute; 0: as many as one likes. */
export interface RateLimits {
  readonly perAddress: number;
  readonly perToken: number;
}

/** Orchestrators and monitors ask these, often from one address for many. */
const UNLIMITED_PATHS = new Set(['/livez', '/readyz', '/metrics']);

/** To run before anything else is done for a request, also for paths that lead nowhere. */
export function limitByAddress(perMinute: number, clock: Clock): onRequestHookHandler {
  if (perMinute === 0) return (_request, _reply, done) => done();
  const limiter = createRateLimiter(perMinute);
  return (request, _reply, done) => {
    if (UNLIMITED_PATHS.has(request.routeOptions.url ?? '')) return done();
    const waitMs = limiter.take(clientKey(request), clock.now());
    done(waitMs > 0 ? tooManyRequests(waitMs) : undefined);
  };
}

/** To run once it is known who asks. */
export function limitByToken(perMinute: number, clock: Clock): onRequestHookHandler {
  if (perMinute === 0) return (_request, _reply, done) => done();
  const limiter = createRateLimiter(perMinute);
  return (request, _reply, done) => {
    if (request.caller === null) return done();
    const waitMs = limiter.take(request.caller.access, clock.now());
    done(waitMs > 0 ? tooManyRequests(waitMs) : undefined);
  };
}

export function tooManyRequests(waitMs: number): HttpError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new HttpError(429, `Too many requests; try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
