/** What Prometheus sees of a running forwarder at the moment that it looks. */
import { FORWARDER_GROUP, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { MetricsPage } from '@hookpulse/service-kit/metrics/metrics-page';
import type { ForwarderMetrics } from './metrics.ts';
import type { RunningForwarder } from './run.ts';

const CONSUMER = { group: FORWARDER_GROUP, topic: UPDATES_TOPIC } as const;

export function showForwarder(
  forwarder: RunningForwarder,
  metrics: ForwarderMetrics,
  page: MetricsPage,
): void {
  page.addSource('lag', {
    read: () => forwarder.lag(),
    show(lags) {
      metrics.lag.reset(); // partitions that went to others
      for (const { partition, messages } of lags) {
        metrics.lag.set({ ...CONSUMER, partition }, Number(messages));
      }
    },
    clear: () => metrics.lag.reset(),
  });
  page.addSource('forwarder', {
    read: () => forwarder,
    show(running) {
      metrics.assignedPartitions.set(CONSUMER, running.assignedPartitions);
      let held = 0;
      let bytes = 0;
      let missed = 0;
      let inFlight = 0;
      for (const { lane } of running.bots()) {
        held += lane.heldCount;
        bytes += lane.heldBytes;
        missed += lane.missedCount;
        inFlight += lane.inFlight;
      }
      metrics.heldUpdates.set(held);
      metrics.heldBytes.set(bytes);
      metrics.backlog.set(held + missed);
      metrics.inFlight.set(inFlight);
    },
    clear: () => undefined,
  });
}
