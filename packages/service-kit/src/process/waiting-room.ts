/**
 * Where a service is to be found while its engines are not there yet: it lives, it says by `readyz`
 * which engine it waits for, and it asks everybody else to come again.
 */

import type { Logger } from '@hookpulse/common/runtime/logger';
import { createHttpApp } from '../http/create-http-app.ts';
import type { HttpApp } from '../http/http-app.ts';
import { unavailable } from '../http/http-error.ts';
import type { Tokens } from '../http/metrics-tokens.ts';
import type { ReadinessCheck } from '../http/readiness.ts';
import { createServiceMetrics } from '../metrics/metrics.ts';
import type { SharedMetrics } from '../metrics/metrics-page.ts';
import type { Closable } from './lifecycle.ts';

export interface WaitingRoom extends Closable {
  /** `readyz` names what is missing until the work resolves. */
  waitFor<Result>(missing: string, work: () => Promise<Result>): Promise<Result>;
  /**
   * Gives the address up for what takes its place; the gap lasts milliseconds. Takes it again when
   * the work fails.
   */
  leaveFor<Result>(work: () => Promise<Result>): Promise<Result>;
}

export interface WaitingRoomOptions {
  readonly host: string;
  readonly port: number;
  /** Every engine that the service needs, and what else, as `readyz` names them. */
  readonly waitsFor: readonly string[];
  /** Which service will be found there. */
  readonly service: string;
  readonly tokens: Tokens;
  readonly logger: Logger;
  /** Null: the service is one process. */
  readonly sharedMetrics: SharedMetrics | null;
}

/** Where others listen already, nobody has to be told to wait. */
export const NO_WAITING_ROOM: WaitingRoom = {
  waitFor: (_missing, work) => work(),
  leaveFor: (work) => work(),
  close: async () => undefined,
};

/** Resolves when it listens. @throws when the address cannot be had. */
export async function openWaitingRoom(options: WaitingRoomOptions): Promise<WaitingRoom> {
  const missing = new Set(options.waitsFor);
  const metrics = createServiceMetrics(options.service, options.sharedMetrics);
  const readinessChecks = options.waitsFor.map(
    (name): ReadinessCheck => ({
      name,
      async check() {
        if (missing.has(name)) throw new Error('not reached yet');
      },
    }),
  );
  let app = await listen();
  return {
    async waitFor(name, work) {
      missing.add(name);
      const result = await work();
      missing.delete(name);
      return result;
    },
    async leaveFor(work) {
      await app.close();
      try {
        return await work();
      } catch (error) {
        app = await listen();
        throw error;
      }
    },
    close: () => app.close(),
  };

  async function listen(): Promise<HttpApp> {
    const opened = createHttpApp({
      logger: options.logger,
      readinessChecks,
      metrics,
      tokens: options.tokens,
    });
    // Refused before a body is read: what it holds does not matter yet.
    opened.all('/*', { onRequest: refuse }, refuse);
    await opened.listen({ host: options.host, port: options.port });
    return opened;
  }
}

async function refuse(): Promise<never> {
  throw unavailable('The service is starting: try again in some seconds.');
}
