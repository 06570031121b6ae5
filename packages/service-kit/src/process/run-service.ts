/**
 * One service as a process of its own (`npm run start:<name>`): what all mains have in common.
 * Configuration is read and checked whole, a wrong one is refused in one message; the service listens
 * at once, waits for its engines, runs, and drains on a signal. A service of several workers is such a
 * process for each, and one that supervises them.
 */

import type { Logger } from '@hookpulse/common/runtime/logger';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { unknownVariables } from '../config/unknown-variables.ts';
import type { VariableName } from '../config/variables.ts';
import type { SharedMetrics } from '../metrics/metrics-page.ts';
import { openTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import { supervise } from '../workers/supervise.ts';
import { thisWorker } from '../workers/worker.ts';
import { createLogger } from './create-logger.ts';
import { configSummary, environmentWithFile, readConfig } from './env.ts';
import { type Closable, runUntilSignal } from './lifecycle.ts';
import { type Engine, type Engines, openEngines } from './open-engines.ts';
import { assertEnoughFiles } from './open-files.ts';
import { patientAttempt } from './patient-attempt.ts';
import { startFailure } from './start-failure.ts';
import { NO_WAITING_ROOM, openWaitingRoom } from './waiting-room.ts';

export interface Service {
  /** As logs and people name it. */
  readonly name: string;
  portOf(ports: Config['http']['ports']): number;
  /** Processes that share the port; default: one. */
  workersOf?(http: Config['http']): number;
  readonly needs: readonly Engine[];
  /** Opens the engines that it needs, in the order of dependence, and hands over what starts it. */
  open(context: ServiceContext): Promise<StartService>;
}

/** Listens at the address of the configuration. Called once every engine is there. */
export type StartService = () => Promise<Closable & { readonly url: string }>;

export interface ServiceContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly engines: Engines;
  readonly telemetry: Telemetry;
  /** Null: the service is this process alone. */
  readonly sharedMetrics: SharedMetrics | null;
}

/** Without it the engine would be an embedded one, which no other process can share. */
const VARIABLE_OF: Readonly<Record<Engine, VariableName>> = {
  log: 'KAFKA_BROKERS',
  store: 'CLICKHOUSE_URL',
};

/** As `readyz` names what the worker that leads waits for in the end. */
const OTHER_WORKER = 'workers';

/** Returns when the service runs; what cannot run says so in one sentence and exits with 1. */
export async function runService(service: Service): Promise<void> {
  try {
    const required = service.needs.map((engine) => VARIABLE_OF[engine]);
    const env = environmentWithFile(process.env);
    const config = readConfig(env, required);
    assertEnoughFiles({ hasEmbeddedEngines: false });
    const telemetry = await openTelemetry(config, service.name);
    const worker = thisWorker();
    const logger = createLogger(
      service.name,
      config.logLevel,
      telemetry.errors,
      worker?.number ?? null,
    );
    if (worker === null) {
      logger.info(configSummary(config), 'configuration');
      for (const warning of unknownVariables(env)) logger.warn(warning);
    }
    const count = service.workersOf?.(config.http) ?? 1;
    await runUntilSignal(logger, async (resources, stop) => {
      resources.add('telemetry', telemetry);
      const address = { host: config.http.host, port: service.portOf(config.http.ports) };
      if (count > 1 && worker === null) {
        assertPortIsFixed(address.port);
        resources.add('workers', supervise({ name: service.name, count, logger, stop }));
        logger.info({ workers: count }, 'supervising');
        return;
      }
      if (worker) resources.add('supervisor', worker.follow(logger));
      const sharedMetrics = worker?.metrics ?? null;
      const room =
        worker?.leads === false
          ? NO_WAITING_ROOM
          : await openWaitingRoom({
              ...address,
              waitsFor: worker ? [...service.needs, OTHER_WORKER] : service.needs,
              service: service.name,
              tokens: config.tokens,
              logger,
              sharedMetrics,
            });
      resources.add('waiting room', room);
      const attempt = patientAttempt(room, logger);
      const ofWorker = worker ? withClientId(config, `${service.name}-${worker.number}`) : config;
      const engines = openEngines({
        ...{ name: service.name, config: ofWorker, resources, attempt, logger },
      });
      const start = await service.open({ config, logger, engines, telemetry, sharedMetrics });
      if (worker?.leads) await room.waitFor(OTHER_WORKER, () => worker.prepared());
      // At the address where it was waited; the log may have gone away meanwhile.
      const running = await attempt('log', () => room.leaveFor(start));
      const { url } = resources.add(service.name, running);
      worker?.ready();
      logger.info(worker ? { url, pid: process.pid } : { url }, 'ready');
    });
  } catch (error) {
    process.stderr.write(`${startFailure(service.name, error)}\n`);
    process.exit(1);
  }
}

/** @throws ConfigError */
function assertPortIsFixed(port: number): void {
  if (port !== 0) return;
  throw new ConfigError(['INGEST_PORT must not be 0 when INGEST_WORKERS is above 1']);
}

/** So that brokers tell the workers of one machine apart. */
function withClientId(config: Config, suffix: string): Config {
  return { ...config, log: { ...config.log, clientId: `${config.log.clientId}-${suffix}` } };
}
