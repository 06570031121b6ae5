/**
 * Closing means draining: `app.close()` stops accepting, lets the requests under way finish, and
 * waits for them. Keep-alive connections would hold that up until their own time-out, so each is
 * closed as soon as it is idle; what still hangs after the grace is cut.
 */
import type { HttpApp } from './http-app.ts';

/** How often connections that became idle are closed; only while closing. */
const IDLE_SWEEP_INTERVAL_MS = 50;

/** Below the 10 s that a stopping process has, so that log and store can be closed after it. */
const DEFAULT_DRAIN_GRACE_MS = 5_000;

export function drainOnClose(app: HttpApp, graceMs: number = DEFAULT_DRAIN_GRACE_MS): void {
  let sweep: NodeJS.Timeout | undefined;
  let grace: NodeJS.Timeout | undefined;

  app.addHook('preClose', (done) => {
    sweep = setInterval(() => app.server.closeIdleConnections(), IDLE_SWEEP_INTERVAL_MS);
    grace = setTimeout(() => app.server.closeAllConnections(), graceMs);
    done();
  });
  // Runs after the server has closed, since Fastify closes what was added last first.
  app.addHook('onClose', (_instance, done) => {
    clearInterval(sweep);
    clearTimeout(grace);
    done();
  });
}
