/** Starts ingest on engines that the caller opened and closes. */

import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { MicroBatcher } from '@hookpulse/event-log/micro-batcher';
import type { TrustProxy } from '@hookpulse/service-kit/config/address-formats';
import { awaitedPublishing, logCheck } from '@hookpulse/service-kit/http/engine-check';
import type { FailureBudget } from '@hookpulse/service-kit/http/failure-budget';
import type { Tokens } from '@hookpulse/service-kit/http/metrics-tokens';
import { measurePublishing } from '@hookpulse/service-kit/metrics/measured-log';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import type { SharedMetrics } from '@hookpulse/service-kit/metrics/metrics-page';
import type { Tracer } from '@hookpulse/service-kit/telemetry/tracer';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { announcePresence } from '@hookpulse/topic-tables/presence/announce-presence';
import type { NamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import { buildIngestApp } from './app.ts';
import { BodyReader } from './bodies/body-reader.ts';
import { type BotMetricsSettings, ingestMetrics } from './metrics.ts';

export interface IngestSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Processes of ingest that share the port; default: 1. */
  readonly processes?: number;
  readonly trustProxy: TrustProxy;
  readonly eventRetentionDays: number;
  /** Null: only bots report events. */
  readonly adminToken: string | null;
  /** With a read token the metrics need one of the two; default: they are open. */
  readonly tokens?: Tokens;
  /** Default: none by bot but refusals. */
  readonly botMetrics?: BotMetricsSettings;
}

export interface IngestDeps {
  readonly settings: IngestSettings;
  readonly log: Pick<EventLog, 'publish' | 'ping'>;
  readonly registry: Pick<BotRegistry, 'get' | 'ownerOfReportToken'>;
  /** Named tokens may report and read the metrics; default: there are none. */
  readonly namedTokens?: Pick<NamedTokens, 'use'> | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Default: that of the process. */
  readonly steadyClock?: SteadyClock;
  /** Limits attempts with wrong credentials; default: a budget of its own. */
  readonly failures?: FailureBudget | undefined;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null | undefined;
  /** Null, the default: this process alone is ingest. */
  readonly sharedMetrics?: SharedMetrics | null;
}

export interface RunningIngest {
  /** Origin, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Stops accepting, answers what is under way, and hands everything to the log. Idempotent. */
  close(): Promise<void>;
}

/** Resolves when it listens. Topics must exist. @throws when the address cannot be had. */
export async function start(deps: IngestDeps): Promise<RunningIngest> {
  const { settings, log, clock } = deps;
  const service = createServiceMetrics('ingest', deps.sharedMetrics);
  const metrics = ingestMetrics(service.registry, settings.botMetrics);
  const publishing = awaitedPublishing(deps.steadyClock);
  const measured = measurePublishing(log, { metrics, health: publishing });
  const batcher = new MicroBatcher(measured, {
    onAcknowledged: (waitedMs) => metrics.acknowledgeSeconds.observe(waitedMs / 1_000),
  });
  const bodies = new BodyReader();
  service.page.addSource('queue', {
    read: () => batcher,
    show({ queuedMessages, queuedBytes }) {
      metrics.queuedMessages.set(queuedMessages);
      metrics.queuedBytes.set(queuedBytes);
      metrics.bodyBytes.set(bodies.bytesInFlight);
    },
    clear: () => undefined,
  });
  const app = buildIngestApp({
    registry: deps.registry,
    namedTokens: deps.namedTokens,
    publisher: batcher,
    bodies,
    clock,
    logger: deps.logger,
    readinessChecks: [logCheck({ log, publishing, clock })],
    service,
    metrics,
    tokens: settings.tokens,
    failures: deps.failures,
    processes: settings.processes,
    tracer: deps.tracer,
    trustProxy: settings.trustProxy,
    adminToken: settings.adminToken,
    eventRetentionDays: settings.eventRetentionDays,
  });
  const url = await app.listen({ host: settings.host, port: settings.port });
  const presence = announcePresence({ log, logger: deps.logger });
  return {
    url,
    close: async () => {
      const said = presence.close();
      await app.close();
      await said;
      await batcher.close();
    },
  };
}
