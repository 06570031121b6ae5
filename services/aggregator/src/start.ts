/** Starts the aggregator on engines that the caller opened and closes: its work, and its probes. */
import type { ClickHouseClient } from '@hookpulse/common/clickhouse/open-client';
import { pingClickHouse } from '@hookpulse/common/clickhouse/ping';
import { createHttpApp } from '@hookpulse/common/http/create-http-app';
import type { EventLog } from '@hookpulse/common/log/event-log';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { runAggregator } from './run.ts';
import { createClickHouseAggregateStore } from './store/clickhouse-aggregate-store.ts';

export interface AggregatorSettings {
  readonly host: string;
  /** Of probes only; 0: any free port. */
  readonly port: number;
  /** After so long an update that its bot has not reported as processed is an error. */
  readonly processingTimeoutMs: number;
}

export interface AggregatorStartDeps {
  readonly settings: AggregatorSettings;
  readonly log: EventLog;
  readonly clickhouse: ClickHouseClient;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface RunningAggregatorService {
  /** Origin of the probes. */
  readonly url: string;
  /** Stores and commits what was delivered, and leaves the group. */
  close(): Promise<void>;
}

/** Resolves when it has joined its group and listens. Topics and tables must exist. */
export async function start(deps: AggregatorStartDeps): Promise<RunningAggregatorService> {
  const { settings, log, clickhouse, logger } = deps;
  const aggregator = await runAggregator({
    log,
    store: createClickHouseAggregateStore(clickhouse),
    logger,
    clock: deps.clock,
    processingTimeoutMs: settings.processingTimeoutMs,
  });
  const probes = createHttpApp({
    logger,
    readinessChecks: [
      { name: 'log', check: () => log.ping() },
      { name: 'store', check: () => pingClickHouse(clickhouse) },
    ],
  });
  const url = await probes.listen({ host: settings.host, port: settings.port });
  return {
    url,
    close: async () => {
      await aggregator.close();
      await probes.close();
    },
  };
}
