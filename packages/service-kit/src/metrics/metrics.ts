/**
 * The metrics that services have in common: name, help text, labels and buckets. Each has its own in
 * its `metrics.ts`. docs/metrics.md says what all of them mean to an operator, and a test holds the two
 * together (`test/metrics.test.ts`).
 *
 * Names follow https://prometheus.io/docs/practices/naming/: the prefix of the product, base units,
 * `_total` for what only grows. Label values are few and known before; those that are bots are bounded.
 * Nothing is global: each service of a process has a registry, and so a page, of its own.
 */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { VERSION } from '../process/version.ts';
import { Exemplars } from './exemplars.ts';
import { MetricsPage, type SharedMetrics } from './metrics-page.ts';

/** Fine where a healthy log answers, coarse up to the time after which senders give up, seconds. */
export const ACKNOWLEDGE_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

/** Gauges of prom-client that are named like counters, which `promtool check metrics` refuses. */
const MISNAMED_DEFAULTS = ['handles', 'requests', 'resources'].map(
  (what) => `nodejs_active_${what}_total`,
);

/** What every service shows. */
export interface ServiceMetrics {
  readonly registry: Registry;
  /** What `GET /metrics` answers. */
  readonly page: MetricsPage;
  /** 1 or 0. */
  readonly ready: Gauge<'check'>;
  readonly exemplars: Exemplars;
}

/**
 * @param service - `ingest`, `aggregator`, `alerter`, `forwarder` or `query-api`
 * @param shared - null: the service is one process
 */
export function createServiceMetrics(
  service: string,
  shared: SharedMetrics | null = null,
): ServiceMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED_DEFAULTS) registry.removeSingleMetric(name);
  new Gauge({
    name: 'hookpulse_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['service', 'version', 'node_version'],
    aggregator: 'first',
    registers,
  }).set({ service, version: VERSION, node_version: process.version }, 1);
  const ready = new Gauge({
    name: 'hookpulse_ready',
    help: 'Whether a readiness check passes: 1, or 0 while GET /readyz is 503 because of it.',
    labelNames: ['check'],
    aggregator: 'min',
    registers,
  });
  const page = new MetricsPage(registry, undefined, shared);
  return { registry, page, ready, exemplars: new Exemplars() };
}

/** Publishing, as the services see it that do it all the time. */
export interface PublishMetrics {
  readonly publishSeconds: Histogram<'outcome'>;
}

/** For the metrics of a service. */
export function publishMetrics(registry: Registry): PublishMetrics {
  const publishSeconds = new Histogram({
    name: 'hookpulse_log_publish_duration_seconds',
    help: 'Time from handing a batch of messages to the event log to its acknowledgement or failure.',
    labelNames: ['outcome'],
    buckets: ACKNOWLEDGE_BUCKETS,
    registers: [registry],
  });
  for (const outcome of ['acknowledged', 'failed']) publishSeconds.zero({ outcome });
  return { publishSeconds };
}

/** A member of a consumer group. */
export interface ConsumerMetrics {
  readonly lag: Gauge<'group' | 'topic' | 'partition'>;
  readonly oldestAgeSeconds: Gauge<'group' | 'topic' | 'partition'>;
  readonly assignedPartitions: Gauge<'group' | 'topic'>;
}

/** For the metrics of a service. */
export function consumerMetrics(registry: Registry): ConsumerMetrics {
  const registers = [registry];
  return {
    lag: new Gauge({
      name: 'hookpulse_consumer_lag_messages',
      help: 'Messages of an assigned partition that this consumer has not been handed yet. Absent while the log does not say.',
      labelNames: ['group', 'topic', 'partition'],
      registers,
    }),
    oldestAgeSeconds: new Gauge({
      name: 'hookpulse_consumer_oldest_unhandled_age_seconds',
      help: 'Age of the oldest record of an assigned partition that is not handled yet, rounded down by a fifth at most; 0 below a second. Absent while the log does not say.',
      labelNames: ['group', 'topic', 'partition'],
      registers,
    }),
    assignedPartitions: new Gauge({
      name: 'hookpulse_consumer_assigned_partitions',
      help: 'Partitions that this consumer holds and has restored.',
      labelNames: ['group', 'topic'],
      registers,
    }),
  };
}
