/** Starts the aggregator's work on engines that are open already. */
import type { ClickHouseClient } from '@hookpulse/common/clickhouse/open-client';
import type { EventLog } from '@hookpulse/common/log/event-log';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { type RunningAggregator, runAggregator } from './run.ts';
import { createClickHouseAggregateStore } from './store/clickhouse-aggregate-store.ts';

export interface AggregatorStartDeps {
  readonly settings: { readonly processingTimeoutMs: number };
  readonly log: EventLog;
  readonly clickhouse: ClickHouseClient;
  readonly logger: Logger;
  readonly clock: Clock;
}

export function startAggregator(deps: AggregatorStartDeps): Promise<RunningAggregator> {
  return runAggregator({
    log: deps.log,
    store: createClickHouseAggregateStore(deps.clickhouse),
    logger: deps.logger,
    clock: deps.clock,
    processingTimeoutMs: deps.settings.processingTimeoutMs,
  });
}
