/** Bounds how often one token may ask, and one address without any. */

import { tokenKey } from '@hookpulse/api/caller';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { createRateLimiter } from '@hookpulse/common/values/rate-limiter';
import { clientKey } from '@hookpulse/service-kit/http/client-address';
import { tooManyRequests } from '@hookpulse/service-kit/http/http-error';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';

/** Requests a minute; 0: as many as one likes. */
export interface RateLimits {
  /**
   * For requests without a valid token: strangers behind an address do not lock out a client that
   * has one.
   */
  readonly perAddress: number;
  readonly perToken: number;
}

/** Orchestrators and monitors ask these, often from one address for many. */
const UNLIMITED_PATHS = new Set(['/livez', '/readyz', '/metrics']);

type WaitMs = (request: FastifyRequest) => number;

/** To run once it is known who asks, and before anything else, also for paths that lead nowhere. */
export function limitRates(limits: RateLimits, clock: Clock): onRequestHookHandler {
  const ofAddress = waits(limits.perAddress, clock, clientKey);
  const ofToken = waits(limits.perToken, clock, ({ caller }) =>
    caller ? tokenKey(caller.token) : '',
  );
  return (request, _reply, done) => {
    if (UNLIMITED_PATHS.has(request.routeOptions.url ?? '')) return done();
    const waitMs = request.caller === null ? ofAddress(request) : ofToken(request);
    done(waitMs > 0 ? tooManyRequests(waitMs) : undefined);
  };
}

function waits(
  perMinute: number,
  clock: Clock,
  keyOf: (request: FastifyRequest) => string,
): WaitMs {
  if (perMinute === 0) return () => 0;
  const limiter = createRateLimiter(perMinute);
  return (request) => limiter.take(keyOf(request), clock.now());
}
