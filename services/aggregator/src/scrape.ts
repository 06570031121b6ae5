/** What Prometheus sees of a running aggregator at the moment that it looks. */
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { AGGREGATOR_GROUP, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { showLag } from '@hookpulse/service-kit/metrics/consumer-lag';
import type { MetricsPage } from '@hookpulse/service-kit/metrics/metrics-page';
import type { RunningAlertHistory } from './alert-history/run-alert-history.ts';
import type { AggregatorMetrics } from './metrics.ts';
import type { RunningAggregator } from './run.ts';

const CONSUMER = { group: AGGREGATOR_GROUP, topic: EVENTS_TOPIC } as const;

export interface ShownAggregator {
  readonly aggregator: RunningAggregator;
  readonly log: Pick<EventLog, 'committed' | 'offsetsAt' | 'ranges'>;
  readonly clock: Clock;
}

export function showAggregator(
  { aggregator, log, clock }: ShownAggregator,
  metrics: AggregatorMetrics,
  page: MetricsPage,
): void {
  showLag(CONSUMER, metrics, page, {
    log,
    clock,
    lag: () => aggregator.lag(),
    // Committed is what is stored.
    async handled(held) {
      const committed = await log.committed(AGGREGATOR_GROUP, EVENTS_TOPIC);
      return held.map(({ topic, partition }) => {
        const known = committed.find((one) => one.partition === partition);
        return known ?? { topic, partition, offset: 0n };
      });
    },
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
