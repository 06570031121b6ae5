/**
 * Starts the alerter. It judges nothing yet: its probes are what deployments already need of it,
 * and the rules of the contract's section 7 are built on them next.
 */
import { createHttpApp } from '@hookpulse/common/http/create-http-app';
import type { Tokens } from '@hookpulse/common/http/metrics-tokens';
import type { EventLog } from '@hookpulse/common/log/event-log';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { createServiceMetrics } from '@hookpulse/common/runtime/metrics';

export interface AlerterSettings {
  readonly host: string;
  /** Of probes and metrics only; 0: any free port. */
  readonly port: number;
  /** With a read token the metrics need one of the two; default: they are open. */
  readonly tokens?: Tokens;
}

export interface AlerterDeps {
  readonly settings: AlerterSettings;
  readonly log: Pick<EventLog, 'ping'>;
  readonly logger: Logger;
}

export interface RunningAlerter {
  /** Origin of the probes. */
  readonly url: string;
  close(): Promise<void>;
}

/** Resolves when it listens. */
export async function start(deps: AlerterDeps): Promise<RunningAlerter> {
  const { settings, log, logger } = deps;
  const probes = createHttpApp({
    logger,
    metrics: createServiceMetrics('alerter'),
    tokens: settings.tokens,
    readinessChecks: [{ name: 'log', check: () => log.ping() }],
  });
  const url = await probes.listen({ host: settings.host, port: settings.port });
  return { url, close: () => probes.close() };
}
