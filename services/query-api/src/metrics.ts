/** What the query API shows of itself: the time of every answer. */
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { Histogram, type Registry } from 'prom-client';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answer lasts as long as the client likes, so that its time says nothing. */
    isLongLived?: boolean;
  }
}

export interface QueryApiMetrics {
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
}

/** Up to the 5 s after which the store is no longer waited for, seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** The label where a path leads to no route: the path itself could be any text that a stranger sends. */
const NO_ROUTE = 'none';

export function queryApiMetrics(registry: Registry): QueryApiMetrics {
  return {
    requestSeconds: new Histogram({
      name: 'hookpulse_http_request_duration_seconds',
      help: 'Time to answer, by route (its pattern; "none" where there is no route) and class of status.',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS,
      registers: [registry],
    }),
  };
}

/** Covers every route, also those that are there already. */
export function measureRequests(app: HttpApp, { requestSeconds }: QueryApiMetrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    if (request.routeOptions.config.isLongLived && reply.statusCode === 200) return done();
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? NO_ROUTE,
      status: `${Math.floor(reply.statusCode / 100)}xx`,
    };
    requestSeconds.observe(labels, reply.elapsedTime / 1_000);
    done();
  });
}
