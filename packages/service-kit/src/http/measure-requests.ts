/** The time of every answer, by route and class of status. */
import type { RequestMetrics } from '../metrics/metrics.ts';
import type { HttpApp } from './http-app.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answer lasts as long as the client likes, so that its time says nothing. */
    isLongLived?: boolean;
  }
}

/** Where a path leads to no route: as a label it would be anything that anybody asks for. */
const NO_ROUTE = 'none';

/** Covers every route, also those that are there already. */
export function measureRequests(app: HttpApp, { requestSeconds }: RequestMetrics): void {
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
