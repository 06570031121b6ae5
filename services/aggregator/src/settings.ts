/** What the aggregator takes from the configuration. */
import type { Config } from '@hookpulse/service-kit/config/config';
import type { AggregatorSettings } from './start.ts';

export function aggregatorSettings({
  http,
  events,
  clickhouse,
  tokens,
}: Config): AggregatorSettings {
  const { host, ports } = http;
  return {
    host,
    port: ports.aggregator,
    tokens,
    processingTimeoutMs: events.processingTimeoutMs,
    isStoreReplicated: (clickhouse.cluster ?? null) !== null,
  };
}
