/** The HTTP side of ingest: its routes on the common base. Never listens. */
import { createHttpApp } from '@hookpulse/common/http/create-http-app';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import type { Tokens } from '@hookpulse/common/http/metrics-tokens';
import type { ReadinessCheck } from '@hookpulse/common/http/readiness';
import { QueueFullError } from '@hookpulse/common/log/micro-batcher';
import type { BotRegistry } from '@hookpulse/common/registry/bot-registry';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { TrustProxy } from '@hookpulse/common/runtime/config/address-formats';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { IngestMetrics, ServiceMetrics } from '@hookpulse/common/runtime/metrics';
import { countErrorAnswers } from './answer-outcomes.ts';
import { eventsRoute } from './routes/events.ts';
import type { Publisher } from './routes/publisher.ts';
import { webhookRoute } from './routes/webhook.ts';

export interface IngestAppDeps {
  readonly registry: Pick<BotRegistry, 'get' | 'list'>;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly service: ServiceMetrics;
  readonly metrics: IngestMetrics;
  /** With a read token the metrics need one of the two; default: they are open. */
  readonly tokens?: Tokens | undefined;
  readonly trustProxy: TrustProxy;
  /** Null: only bots report. */
  readonly adminToken: string | null;
  readonly eventRetentionDays: number;
}

export function buildIngestApp(deps: IngestAppDeps): HttpApp {
  const app = createHttpApp({
    logger: deps.logger,
    clock: deps.clock,
    readinessChecks: deps.readinessChecks,
    metrics: deps.service,
    tokens: deps.tokens,
    onErrorAnswer: countErrorAnswers(deps.metrics),
    trustProxy: deps.trustProxy,
    unavailableErrors: [QueueFullError],
  });
  app.register(webhookRoute, deps);
  app.register(eventsRoute, deps);
  return app;
}
