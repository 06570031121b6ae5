/** What ingest takes from the configuration. */
import type { Config } from '@hookpulse/service-kit/config/config';
import type { IngestSettings } from './start.ts';

export function ingestSettings(config: Config, adminToken: string): IngestSettings {
  const { host, ports, trustProxy } = config.http;
  return {
    host,
    port: ports.ingest,
    trustProxy,
    eventRetentionDays: config.events.retentionDays,
    adminToken,
    botMetrics: config.metrics,
    tokens: { ...config.tokens, admin: adminToken },
  };
}
