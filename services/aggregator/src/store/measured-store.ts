/** The store with its times shown, and with its failures known to readiness. */
import type { Clock } from '@hookpulse/common/runtime/clock';
import { watched } from '@hookpulse/service-kit/metrics/engine-health';
import type { PartitionChanges } from '../domain/partition-fold.ts';
import type { AggregatorMetrics } from '../metrics.ts';
import type { AggregateStore } from './aggregate-store.ts';
import type { StoreHealth } from './store-health.ts';

export interface StoreTelemetry {
  readonly metrics: Pick<
    AggregatorMetrics,
    'flushSeconds' | 'flushFailures' | 'lastFlush' | 'storeDelaySeconds'
  >;
  readonly health: StoreHealth;
  readonly clock: Clock;
}

export function measureStore(store: AggregateStore, telemetry: StoreTelemetry): AggregateStore {
  const { metrics, health, clock } = telemetry;
  return {
    loadPositions: (partitions) =>
      watched(health.of('loadPositions'), () => store.loadPositions(partitions)),
    loadWindowsSince: (owner, sinceMs) =>
      watched(health.of('loadWindowsSince'), () => store.loadWindowsSince(owner, sinceMs)),
    loadWindows: (owner, keys) =>
      watched(health.of('loadWindows'), () => store.loadWindows(owner, keys)),
    loadReportingBots: (partition, beforeMs) =>
      watched(health.of('loadReportingBots'), () => store.loadReportingBots(partition, beforeMs)),
    async save(changes) {
      const startedMs = performance.now();
      try {
        await watched(health.of('save'), () => store.save(changes));
      } catch (error) {
        metrics.flushFailures.inc();
        throw error;
      }
      metrics.flushSeconds.observe((performance.now() - startedMs) / 1_000);
      const nowMs = clock.now();
      metrics.lastFlush.set(nowMs / 1_000);
      const oldestMs = oldestLogTimeMs(changes);
      // The log's clock is another machine's, and may be a little ahead of ours.
      if (oldestMs !== null)
        metrics.storeDelaySeconds.observe(Math.max(0, nowMs - oldestMs) / 1_000);
    },
  };
}

/** Null when only messages were read that are no events or repetitions. */
function oldestLogTimeMs(changes: readonly PartitionChanges[]): number | null {
  // In the order of the log, of which the time never goes back within a partition.
  const firsts = changes.flatMap(({ events }) => events[0]?.logTimeMs ?? []);
  return firsts.length === 0 ? null : Math.min(...firsts);
}
