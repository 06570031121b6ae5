/** Starts the aggregator on engines that the caller opened and closes: its work, its probes and metrics. */

import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { createHttpApp } from '@hookpulse/service-kit/http/create-http-app';
import {
  engineCheck,
  logCheck,
  repeatedPublishing,
} from '@hookpulse/service-kit/http/engine-check';
import type { NamedTokenReader, Tokens } from '@hookpulse/service-kit/http/metrics-tokens';
import { measureLog } from '@hookpulse/service-kit/metrics/measured-log';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import type { ErrorReporter } from '@hookpulse/service-kit/telemetry/error-reporter';
import type { Span, Tracer } from '@hookpulse/service-kit/telemetry/tracer';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { pingTables } from '@hookpulse/store/ping';
import { createClickHouseAlertHistory } from './alert-history/alert-history-store.ts';
import { runAlertHistory } from './alert-history/run-alert-history.ts';
import { aggregatorMetrics, STORE_DELAY_BUCKETS, STORE_DELAY_METRIC } from './metrics.ts';
import { createClickHouseRebuildStore } from './rebuild/clickhouse-rebuild-store.ts';
import { type RunningAggregator, runAggregator } from './run.ts';
import { showAggregator, showAlertHistory } from './scrape.ts';
import { createClickHouseAggregateStore } from './store/clickhouse-aggregate-store.ts';
import { measureStore } from './store/measured-store.ts';
import { readSynced, syncReplica } from './store/replica-sync.ts';
import { StoreHealth } from './store/store-health.ts';
import { StoreTraces, traceStore } from './store/store-traces.ts';

export interface AggregatorSettings {
  readonly host: string;
  /** Of probes and metrics only; 0: any free port. */
  readonly port: number;
  /** With a read token the metrics need one of the two; default: they are open. */
  readonly tokens?: Tokens;
  /** An update that its bot has not reported as processed within this time is an error. */
  readonly processingTimeoutMs: number;
  /** Whether a cluster replicates the store, each server being behind the others by a moment. */
  readonly isStoreReplicated: boolean;
}

export interface AggregatorStartDeps {
  readonly settings: AggregatorSettings;
  readonly log: EventLog;
  readonly clickhouse: ClickHouseClient;
  /** They read the metrics; default: there are none. */
  readonly namedTokens?: NamedTokenReader | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Default: that of the process. */
  readonly steadyClock?: SteadyClock;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null;
  /** Told of every event of type error that is counted; default: nobody is. */
  readonly reportBotError?: ErrorReporter['reportBotError'];
}

export interface RunningAggregatorService {
  /** Origin of the probes. */
  readonly url: string;
  /** Stores and commits what was delivered, and leaves the group. */
  close(): Promise<void>;
}

/**
 * Resolves when it has joined its group; it listens before, so that probes can say what it waits for.
 * Topics and tables must exist. @throws when the address cannot be had or the group not be joined.
 */
export async function start(deps: AggregatorStartDeps): Promise<RunningAggregatorService> {
  const { settings, log, clickhouse, logger, clock, steadyClock } = deps;
  const service = createServiceMetrics('aggregator');
  const metrics = aggregatorMetrics(service.registry);
  const publishing = repeatedPublishing(steadyClock);
  const storeHealth = new StoreHealth(steadyClock);
  let aggregator: RunningAggregator | null = null;

  const probes = createHttpApp({
    logger,
    clock,
    metrics: service,
    tokens: settings.tokens,
    namedTokens: deps.namedTokens,
    readinessChecks: [
      logCheck({ log, publishing, clock, isMember: () => aggregator?.isMember ?? false }),
      engineCheck({
        name: 'store',
        clock,
        problem: () => storeHealth.problem(),
        words: { failing: 'fails to store', stuck: 'does not finish storing' },
        ping: () => pingTables(clickhouse),
      }),
    ],
  });
  const url = await probes.listen({ host: settings.host, port: settings.port });

  const store = createClickHouseAggregateStore(clickhouse);
  const traces = deps.tracer ? new StoreTraces(deps.tracer) : null;
  const measured = measureStore(
    settings.isStoreReplicated ? readSynced(store, clickhouse) : store,
    {
      metrics,
      health: storeHealth,
      clock,
    },
  );
  const noteStored = (span: Span, logTimeMs: number) => {
    const nowMs = clock.now();
    const seconds = Math.max(0, nowMs - logTimeMs) / 1_000;
    service.exemplars.note(STORE_DELAY_METRIC, STORE_DELAY_BUCKETS, seconds, span, nowMs);
  };
  try {
    aggregator = await runAggregator({
      log: measureLog(log, { metrics, health: publishing }),
      store: traces ? traceStore(measured, traces, noteStored) : measured,
      traces,
      reportBotError: deps.reportBotError ?? null,
      rebuildStore: createClickHouseRebuildStore(
        clickhouse,
        settings.isStoreReplicated ? (table) => syncReplica(clickhouse, table) : undefined,
      ),
      logger,
      clock,
      ...(steadyClock && { steadyClock }),
      processingTimeoutMs: settings.processingTimeoutMs,
      metrics,
    });
  } catch (error) {
    await probes.close();
    throw error;
  }
  const running = aggregator;
  const alertHistory = runAlertHistory({
    log,
    store: createClickHouseAlertHistory(clickhouse),
    logger,
    metrics,
  });
  showAggregator({ aggregator: running, log, clock }, metrics, service.page);
  showAlertHistory(alertHistory, metrics, service.page);
  return {
    url,
    close: async () => {
      await Promise.all([running.close(), alertHistory.close()]);
      await probes.close();
    },
  };
}
