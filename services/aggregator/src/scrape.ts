/** What Prometheus sees of a running aggregator at the moment that it looks. */
import { AGGREGATOR_GROUP, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { MetricsPage } from '@hookpulse/service-kit/metrics/metrics-page';
import type { RunningAlertHistory } from './alert-history/run-alert-history.ts';
import type { AggregatorMetrics } from './metrics.ts';
import type { RunningAggregator } from './run.ts';

const CONSUMER = { group: AGGREGATOR_GROUP, topic: EVENTS_TOPIC } as const;

export function showAggregator(
  aggregator: RunningAggregator,
  metrics: AggregatorMetrics,
  page: MetricsPage,
): void {
  page.addSource('lag', {
    read: () => aggregator.lag(),
    show(lags) {
      metrics.lag.reset(); // partitions that went to others
      for (const { partition, messages } of lags) {
        metrics.lag.set({ ...CONSUMER, partition }, Number(messages));
      }
    },
    clear: () => metrics.lag.reset(),
  });
  page.addSource('aggregator', {
    read: () => aggregator,
    show({ assignedPartitions, isPaused, unstoredEvents }) {
      metrics.assignedPartitions.set(CONSUMER, assignedPartitions);
      metrics.paused.set(CONSUMER, isPaused ? 1 : 0);
      metrics.pendingEvents.set(unstoredEvents);
    },
    clear: () => undefined,
  });
}

export function showAlertHistory(
  history: RunningAlertHistory,
  { alertHistoryLag }: Pick<AggregatorMetrics, 'alertHistoryLag'>,
  page: MetricsPage,
): void {
  page.addSource('alert history', {
    read: () => history.lag(),
    show(messages) {
      if (messages === null) alertHistoryLag.remove();
      else alertHistoryLag.set(messages);
    },
    clear: () => alertHistoryLag.remove(),
  });
}
